using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hold;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Simulation.Gpio;
using Microsoft.Extensions.Time.Testing;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>A line through a planned restart, by both release rules: from the old run to the keeper, and from it to the new run.</summary>
public class HeldLineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<bool> _levels = [];
    private readonly DateTimeOffset _start;
    private int _fallen;

    public HeldLineTests() => _start = _time.GetUtcNow();

    [Theory]
    [InlineData(ReleaseRule.Reverts)]
    [InlineData(ReleaseRule.Persists)]
    public void It_has_its_level_throughout_and_the_new_run_goes_on_with_it(ReleaseRule rule)
    {
        var (chip, keeper) = Held(rule);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(2), keeper.RunDue());
        using var port = NewRun(chip, Assert.Single(keeper.HandOver()));
        Assert.Equal((true, true), (port.Drive(true, CancellationToken.None).Done, port.Drive(true, CancellationToken.None).ReadBack));
        keeper.Asked("XV-101");
        keeper.Kept("XV-101");
        port.Own();
        Assert.True(keeper.Over.IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(30));
        keeper.RunDue();
        Assert.All(_levels, Assert.True);
        Assert.True(chip.Level(22));
        Assert.True(port.Drive(false, CancellationToken.None).Done); // and it is the new run's to make safe
        Assert.False(chip.Level(22));
        Assert.Equal(0, _fallen);
    }

    [Theory]
    [InlineData(ReleaseRule.Reverts)]
    [InlineData(ReleaseRule.Persists)]
    public void When_no_new_run_comes_the_keeper_makes_it_safe_at_the_end_of_its_time(ReleaseRule rule)
    {
        var (chip, keeper) = Held(rule);
        _time.Advance(TimeSpan.FromSeconds(4.999));
        keeper.RunDue();
        Assert.True(chip.Level(22));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null(keeper.RunDue());
        Assert.False(chip.Level(22));
        Assert.Equal((HoldEnd.Safe, TimeSpan.FromSeconds(5)), (keeper.Outputs[0].End, keeper.Outputs[0].EndedAt - keeper.Since));
        Assert.False(chip.IsDriven(22)); // free for whoever is to drive it next
        Assert.Empty(keeper.HandOver());
    }

    [Fact]
    public void A_new_run_that_hangs_before_it_knows_ends_safe_as_well()
    {
        var (chip, keeper) = Held(ReleaseRule.Persists);
        using var port = NewRun(chip, Assert.Single(keeper.HandOver()));
        port.Drive(true, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(5));
        keeper.RunDue();
        Assert.False(chip.Level(22));
    }

    [Fact]
    public void The_end_of_the_planned_run_is_left_alone_and_every_other_end_makes_it_safe()
    {
        var (chip, keeper) = Held(ReleaseRule.Persists);
        Assert.Single(keeper.Ended(planned: true).Left);
        Assert.True(chip.Level(22));
        Assert.Empty(keeper.Ended(planned: false).Left); // killed on its way out, or a person asks for outputs safe
        Assert.False(chip.Level(22));

        (chip, keeper) = Held(ReleaseRule.Persists);
        keeper.HandOver();
        Assert.Empty(keeper.HandOver()); // a hold is handed over once
        Assert.Empty(keeper.Ended(planned: true).Left); // and the end of the run that has it is none that was planned
        Assert.False(chip.Level(22));
    }

    [Fact]
    public void One_that_the_new_site_file_does_not_know_goes_safe_where_it_was()
    {
        var (chip, keeper) = Held(ReleaseRule.Persists);
        keeper.HandOver();
        keeper.Refused("XV-101");
        Assert.False(chip.Level(22));
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);
    }

    [Fact]
    public async Task An_output_of_a_device_is_tried_until_it_is_acknowledged_and_the_operator_hears_of_it_once_for_each_reason()
    {
        var (faults, stood) = (new Queue<string>(["no link", "no link", "no answer", ""]), new List<string>());
        var keeper = new HoldKeeper(_time, _ => Task.FromResult<IReadOnlyDictionary<string, string>>(
            faults.Dequeue() is { Length: > 0 } fault ? new Dictionary<string, string> { ["P-2"] = fault } : new Dictionary<string, string>()))
        {
            Stands = o => stood.Add($"{o.Output.Id} {o.Fault} {o.UnsafeSince - _start}"),
        };
        keeper.Begin([new HeldOutput("P-1", "a", false, TimeSpan.FromSeconds(2), null), new HeldOutput("P-2", "b", false, TimeSpan.FromSeconds(2), null)]);
        _time.Advance(TimeSpan.FromSeconds(2));
        keeper.RunDue();
        await AttemptAsync(keeper, 1);
        Assert.Equal((HoldEnd.Safe, HoldEnd.None), (keeper.Outputs[0].End, keeper.Outputs[1].End));
        Assert.Equal(HoldKeeper.Again, keeper.RunDue());
        for (var attempt = 2; attempt <= 4; attempt++)
        {
            _time.Advance(HoldKeeper.Again);
            keeper.RunDue();
            await AttemptAsync(keeper, attempt);
        }

        Assert.True(keeper.Over.IsCompletedSuccessfully);
        Assert.Equal((HoldEnd.Safe, TimeSpan.FromSeconds(17)), (keeper.Outputs[1].End, keeper.Outputs[1].EndedAt - keeper.Since));
        Assert.Equal(["P-2 no link 00:00:02", "P-2 no answer 00:00:02"], stood);
    }

    [Fact]
    public async Task Devices_that_cannot_be_driven_at_all_are_tried_until_a_person_ends_the_keeper()
    {
        var keeper = new HoldKeeper(_time, _ => throw new UnauthorizedAccessException("no rights"));
        keeper.Begin([new HeldOutput("P-1", "a", false, TimeSpan.FromSeconds(2), null)]);
        _time.Advance(TimeSpan.FromSeconds(2));
        keeper.RunDue();
        await AttemptAsync(keeper, 1);
        Assert.False(keeper.Over.IsCompleted);
        keeper.GiveUp();
        Assert.True(keeper.Over.IsCompletedSuccessfully);
        Assert.Equal((HoldEnd.Failed, "no rights", _start + TimeSpan.FromSeconds(2)), (keeper.Outputs[0].End, keeper.Outputs[0].Fault, keeper.Outputs[0].UnsafeSince));
    }

    [Fact]
    public void A_run_that_asks_after_the_end_of_the_time_is_told_and_what_was_driven_beside_it_is_driven_again_once_it_is_gone()
    {
        var (chip, keeper) = Held(ReleaseRule.Persists);
        var told = new List<string>();
        using var port = NewRun(chip, Assert.Single(keeper.HandOver(told.Add)));
        port.Drive(true, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(5));
        keeper.Asked("XV-101"); // it came before the keeper looked at the clock
        keeper.RunDue();
        Assert.False(chip.Level(22));
        Assert.Equal(HoldEnd.None, keeper.Outputs[0].End); // the run has not said that it leaves it so
        keeper.Asked("XV-101");
        Assert.Equal(["late XV-101", "late XV-101"], told);
        Assert.False(port.Drive(true, CancellationToken.None).Done); // and by its own clock it knows as well
        Assert.False(chip.Level(22));
        keeper.AfterEnded();
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);

        (_, keeper) = Held(ReleaseRule.Persists);
        keeper.HandOver(told.Add);
        keeper.Ended(planned: false);
        told.Clear();
        keeper.SafeByRun("XV-101");
        Assert.Equal((HoldEnd.SafeByRun, "yours XV-101", "over"), (keeper.Outputs[0].End, told[0], told[1]));
    }

    [Fact]
    public void What_has_fallen_meanwhile_is_not_energised_again_before_it_was_asked_safe()
    {
        var inner = new LookedAt { Is = null };
        using var port = new CarriedPort(inner, true, _time, TimeSpan.MaxValue, () => _fallen++);
        Assert.False(port.Drive(true, CancellationToken.None).Done); // not yet known: nothing is driven
        Assert.Empty(inner.Drives);
        inner.Is = false; // its own watchdog has acted
        Assert.Equal("it was no longer as the run before left it, and is kept safe", port.Drive(true, CancellationToken.None).Fault);
        port.Drive(true, CancellationToken.None);
        Assert.Equal((1, true), (_fallen, inner.Drives.TrueForAll(d => !d)));
        Assert.True(port.Drive(false, CancellationToken.None).Done);
        Assert.Equal(CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault); // a person has reset it, and somebody else may still drive it
        port.Own();
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        Assert.Equal([false, false, false, false, true], inner.Drives);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Past_its_time_it_is_driven_normal_only_when_the_keeper_has_given_it_away(bool own)
    {
        var inner = new LookedAt { Is = true };
        using var port = new CarriedPort(inner, true, _time, _time.Monotonic() + TimeSpan.FromSeconds(5), () => _fallen++);
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        if (own)
        {
            port.Own();
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(own, port.Drive(true, CancellationToken.None).Done);
        Assert.Equal((own, own ? 0 : 1), (inner.Drives[^1], _fallen));
        port.Lose("late"); // as when a person asks for safe outputs in the moment in which it was given away
        Assert.Equal((false, "late"), (port.Drive(true, CancellationToken.None).Done, port.Drive(true, CancellationToken.None).Fault));
        Assert.Equal((false, 1), (inner.Drives[^1], _fallen));
    }

    private static Task AttemptAsync(HoldKeeper keeper, int number) => TestWait.UntilAsync(() => keeper.Outputs[^1].Attempts >= number, $"attempt {number} has come to its end");

    private (SimulatedGpioChip Chip, HoldKeeper Keeper) Held(ReleaseRule rule)
    {
        var chip = new SimulatedGpioChip(_time) { OnRelease = rule, Driven = (_, high) => _levels.Add(high) };
        _levels.Clear();
        var old = new GpioOutput(((LineOutput)Valve.Place).Line, chip);
        old.Drive(true, CancellationToken.None);
        var keeper = new HoldKeeper(_time, _ => throw new InvalidOperationException("there is no device"));
        keeper.Begin([new HeldOutput("XV-101", "line 22", false, TimeSpan.FromSeconds(5), old.Share())]);
        chip.Kill(); // however the old run ends
        Assert.True(chip.Level(22));
        return (chip, keeper);
    }

    private CarriedPort NewRun(SimulatedGpioChip chip, HeldOutput held)
    {
        var port = new GpioOutput(((LineOutput)Valve.Place).Line, chip);
        port.Adopt(held.Line!.Share()!); // what the kernel does with a file that is sent
        return new CarriedPort(port, true, _time, _time.Monotonic() + held.Left, () => _fallen++);
    }

    private sealed class LookedAt : IOutputPort
    {
        public bool? Is { get; set; }

        public List<bool> Drives { get; } = [];

        public bool? Look(CancellationToken stop) => Is;

        public OutputResult Drive(bool energised, CancellationToken stop)
        {
            Drives.Add(energised);
            return new OutputResult(true, energised, "");
        }

        public void Dispose()
        {
        }
    }
}
