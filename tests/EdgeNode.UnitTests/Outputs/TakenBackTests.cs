using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What leaves its safe state may wait for its bus. Until it is sent it can be taken back.</summary>
public sealed class TakenBackTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StepLife _life = new();
    private readonly LogLines _log = new();
    private readonly List<OutputReport> _reports = [];
    private readonly OutputWriter _writer;
    private readonly FakePort _valve;
    private readonly int _slot;

    public TakenBackTests()
    {
        _writer = new OutputWriter("field", _life, _time, _reports.Add, _log);
        _valve = new FakePort(_time, TimeSpan.FromSeconds(2));
        _slot = _writer.Add("XV-101", _valve, false, 0);
        _life.Beat();
    }

    public void Dispose() => _valve.Dispose();

    [Fact]
    public void A_command_that_waits_for_its_bus_does_not_go_out_when_safe_comes_meanwhile()
    {
        _valve.Waiting = () => _writer.Set(_slot, false);
        _writer.Set(_slot, true);
        Run();
        Assert.False(Assert.Single(_valve.Drives).Energised);
        Assert.False(Assert.Single(_reports).Energised);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Nor_does_one_that_is_only_written_anew()
    {
        _writer.Set(_slot, true);
        Run();
        _time.Advance(TimeSpan.FromSeconds(2));
        _life.Beat();
        _valve.Waiting = () => _writer.Set(_slot, false);
        Run();
        Assert.Equal([true, false], _valve.Drives.Select(d => d.Energised));
    }

    [Fact]
    public void The_newest_command_counts_when_it_is_normal_again()
    {
        var times = 0;
        _valve.Waiting = () =>
        {
            if (times++ == 0)
            {
                _writer.Set(_slot, false);
                _writer.Set(_slot, true);
            }
        };
        _writer.Set(_slot, true);
        Run();
        Assert.True(Assert.Single(_valve.Drives).Energised);
    }

    [Fact]
    public void What_goes_safe_on_the_same_bus_goes_before_what_waits()
    {
        var pump = new FakePort(_time);
        var slot = _writer.Add("P-101", pump, false, 1);
        _valve.Waiting = () =>
        {
            if (pump.Drives.Count == 0)
                _writer.Set(slot, false);
        };
        pump.During = () => Assert.Empty(_valve.Drives);
        _writer.Set(_slot, true);
        Run();
        Assert.False(Assert.Single(pump.Drives).Energised);
        Assert.True(Assert.Single(_valve.Drives).Energised);
    }

    [Fact]
    public void A_lamp_that_goes_dark_takes_no_output_back()
    {
        var slot = _writer.Add("LAMP", new FakePort(_time), false, -1);
        var waits = 0;
        _valve.Waiting = () =>
        {
            waits++;
            _writer.Set(slot, false);
        };
        _writer.Set(_slot, true);
        Run();
        Assert.Equal(1, waits);
        Assert.True(Assert.Single(_valve.Drives).Energised);
    }

    [Fact]
    public void At_the_end_of_the_process_nothing_that_waits_goes_out()
    {
        _valve.Waiting = _writer.SafeForGood;
        _writer.Set(_slot, true);
        Run();
        Assert.False(Assert.Single(_valve.Drives).Energised);
    }

    [Fact]
    public void What_waited_while_the_process_stood_still_does_not_go_out_before_the_step_has_looked_anew()
    {
        _valve.Waiting = () => _time.Advance(TimeSpan.FromMinutes(10)); // SIGSTOP, in the middle of the wait
        _writer.Set(_slot, true);
        Run();
        Assert.Empty(_valve.Drives);
        _valve.Waiting = null;
        _life.Beat();
        Run();
        Assert.Empty(_valve.Drives);
        _life.Beat();
        Run();
        Assert.True(Assert.Single(_valve.Drives).Energised);
    }

    [Fact]
    public void A_bus_that_takes_longer_than_that_gets_it_for_as_long_as_the_step_lives()
    {
        _valve.Waiting = () =>
        {
            for (var second = 0; second < 12; second++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                _life.Beat();
            }
        };
        _writer.Set(_slot, true);
        Run();
        Assert.True(_valve.Drives[^1].Energised);
    }

    [Fact]
    public void A_line_takes_nothing_that_was_taken_back_before()
    {
        using var withdrawal = new Withdrawal(() => false);
        IOutputPort lamp = new Plain();
        Assert.True(lamp.Drive(true, withdrawal, CancellationToken.None).Done);
        withdrawal.Withdraw();
        Assert.True(lamp.Drive(true, withdrawal, CancellationToken.None).WasTakenBack);
    }

    private void Run() => _writer.RunDue(CancellationToken.None);

    /// <summary>A port that waits for nothing.</summary>
    private sealed class Plain : IOutputPort
    {
        public OutputResult Drive(bool energised, CancellationToken stop) => new(true, energised, "");

        public void Dispose()
        {
        }
    }
}
