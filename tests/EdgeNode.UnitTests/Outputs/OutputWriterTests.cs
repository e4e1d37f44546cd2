using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The thread that drives a bus, by hand and in virtual time.</summary>
public class OutputWriterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StepLife _life = new();
    private readonly LogLines _log = new();
    private readonly List<OutputReport> _reports = [];
    private readonly OutputWriter _writer;

    public OutputWriterTests()
    {
        _writer = new OutputWriter("gpio0", _life, _time, _reports.Add, _log);
        _life.Beat();
        _writer.Supply(true);
    }

    [Fact]
    public void The_newest_command_wins_and_what_became_of_it_is_reported()
    {
        var port = Add(out var slot);
        _writer.Set(slot, false);
        _writer.Set(slot, true);
        Run();
        Assert.Equal([true], port.Drives.Select(d => d.Energised));
        Assert.Equal((0, true, true, true), (_reports[0].Output, _reports[0].Energised, _reports[0].Done, _reports[0].ReadBack));
        Run();
        Assert.Single(_reports);
    }

    [Fact]
    public void A_command_that_says_the_same_again_is_driven_and_reported_again()
    {
        var port = Add(out var slot);
        _writer.Set(slot, false);
        Run();
        _writer.Set(slot, false);
        Run();
        Assert.Equal((2, 2), (port.Drives.Count, _reports.Count));
    }

    [Fact]
    public void What_goes_safe_goes_first()
    {
        var first = Add(out var a);
        var second = Add(out var b);
        _writer.Set(a, true);
        _writer.Set(b, false);
        second.During = () => Assert.Empty(first.Drives);
        Run();
        Assert.Single(first.Drives);
        Assert.Single(second.Drives);
    }

    [Fact]
    public void A_command_that_comes_while_another_is_driven_follows_at_once()
    {
        var port = Add(out var slot);
        port.During = () =>
        {
            if (port.Drives.Count == 1)
                _writer.Set(slot, false);
        };
        _writer.Set(slot, true);
        Run();
        Assert.Equal([true, false], port.Drives.Select(d => d.Energised));
    }

    [Fact]
    public void What_fails_is_tried_again_with_pauses_of_at_most_5_s_for_as_long_as_it_takes()
    {
        var port = Add(out var slot);
        port.Fault = "line 22: No such device";
        _writer.Set(slot, false);
        RunFor(60);
        var pauses = port.Drives.Zip(port.Drives.Skip(1), (x, y) => y.At - x.At).ToList();
        Assert.Equal([0.25, 0.5, 1, 2, 4, 5, 5], pauses.Take(7).Select(p => p.TotalSeconds));
        Assert.All(pauses, p => Assert.True(p <= TimeSpan.FromSeconds(5)));
        Assert.Equal("line 22: No such device", Assert.Single(_reports).Fault);
        Assert.Single(_log.Lines, l => l.Contains("cannot be driven", StringComparison.Ordinal));

        port.Fault = "";
        RunFor(5);
        Assert.True(_reports[^1].Done);
        Assert.Single(_log.Lines, l => l.Contains("is driven again", StringComparison.Ordinal));
    }

    [Fact]
    public void However_many_dead_ones_are_due_again_before_it_what_failed_once_has_its_second_attempt_after_each_of_them()
    {
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 6; i++)
        {
            var dead = Add(out var slot);
            (dead.Fault, dead.During) = ("timeout", () => _time.Advance(TimeSpan.FromSeconds(1)));
            _writer.Set(slot, false);
        }

        var port = Add(out var last);
        port.Fault = "timeout"; // a late reply fell into the first one
        port.During = () => port.Fault = port.Drives.Count > 1 ? "" : "timeout";
        _writer.Set(last, false);
        var start = _time.Monotonic();
        _time.CreateTimer(_ => stop.Cancel(), null, TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        _writer.RunDue(stop.Token);
        Assert.InRange(port.Drives[1].At - port.Drives[0].At, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(7));
        Assert.InRange(_time.Monotonic() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(62));
    }

    [Fact]
    public void A_new_command_does_not_wait_for_the_pause_after_a_failure()
    {
        var port = Add(out var slot);
        port.Fault = "x";
        _writer.Set(slot, true);
        RunFor(30);
        port.Fault = "";
        var before = port.Drives.Count;
        _writer.Set(slot, false);
        Run();
        Assert.Equal(before + 1, port.Drives.Count);
        Assert.False(port.Drives[^1].Energised);
    }

    [Fact]
    public void What_must_be_refreshed_is_driven_anew_in_time_and_nothing_new_is_reported()
    {
        var port = Add(out var slot, TimeSpan.FromSeconds(2));
        _writer.Set(slot, true);
        RunFor(10.1);
        Assert.Equal([0, 2, 4, 6, 8, 10], port.Drives.Select(d => d.At.TotalSeconds - port.Drives[0].At.TotalSeconds));
        Assert.Single(_reports);
    }

    [Fact]
    public void Without_a_sign_of_life_of_the_step_for_5_s_outputs_go_safe_and_no_command_counts_until_the_step_has_heard_of_it()
    {
        var port = Add(out var slot);
        _writer.Set(slot, true);
        Run();
        RunFor(4.9, alive: false);
        Assert.False(_writer.TookOver);
        RunFor(0.2, alive: false);
        Assert.True(_writer.TookOver);
        Assert.False(port.Drives[^1].Energised);
        Assert.Contains(_log.Lines, l => l.Contains("no sign of life for 5 s", StringComparison.Ordinal));

        _writer.Set(slot, true);
        RunFor(2);
        Assert.False(port.Drives[^1].Energised);
        _writer.Obey();
        Run();
        Assert.True(port.Drives[^1].Energised);
    }

    [Fact]
    public void It_takes_over_when_5_s_of_silence_are_over_and_not_at_a_later_look()
    {
        Add(out var slot);
        _writer.Set(slot, true);
        Run();
        var seen = _time.GetUtcNow(); // of the last sign of life
        for (var next = TimeSpan.FromSeconds(0.3); !_writer.TookOver; next = _writer.RunDue(TestContext.Current.CancellationToken))
        {
            _time.Advance(next);
            Run();
        }

        Assert.Equal(OutputWriter.LifeLimit, _time.GetUtcNow() - seen);
    }

    [Fact]
    public void A_machine_that_stood_still_is_no_dead_step()
    {
        var port = Add(out var slot);
        _writer.Set(slot, true);
        Run();
        _time.Advance(TimeSpan.FromHours(1)); // suspended: the writer wakes first
        Run();
        _life.Beat();
        RunFor(10);
        Assert.False(_writer.TookOver);
        Assert.All(port.Drives, d => Assert.True(d.Energised));
    }

    [Fact]
    public void After_a_stand_still_nothing_leaves_its_safe_state_and_no_heartbeat_goes_before_the_step_has_looked_anew()
    {
        var port = Add(out var slot, TimeSpan.FromSeconds(2));
        var beat = new FakePort(_time);
        _writer.SetHeartbeat(beat, TimeSpan.FromMilliseconds(500));
        _writer.Set(slot, true);
        RunFor(3);
        var (drives, beats) = (port.Drives.Count, beat.Drives.Count);
        _time.Advance(TimeSpan.FromMinutes(10)); // stopped by a signal: the device's own watchdog has let the coil go meanwhile
        Run();
        _life.Beat(); // the end of the step that was interrupted
        Run();
        Assert.Equal((drives, beats), (port.Drives.Count, beat.Drives.Count));
        _writer.Set(slot, false);
        Run();
        Assert.False(port.Drives[^1].Energised);
        _writer.Set(slot, true);
        _life.Beat();
        Run();
        Assert.True(port.Drives[^1].Energised);
        Assert.Equal(beats + 1, beat.Drives.Count);
    }

    [Fact]
    public void A_writer_that_waits_for_the_step_does_not_spin()
    {
        var port = Add(out var slot, TimeSpan.FromSeconds(2));
        _writer.Set(slot, true);
        Run();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.InRange(_writer.RunDue(CancellationToken.None), TimeSpan.FromMilliseconds(10), BusLoop.LongestWait);
        Assert.Single(port.Drives);
    }

    [Fact]
    public void A_port_that_throws_keeps_no_other_from_its_safe_state()
    {
        var broken = Add(out var a);
        var valve = Add(out var b);
        broken.During = () => throw new InvalidOperationException("planted");
        _writer.Set(a, false);
        _writer.Set(b, false);
        Run();
        Assert.False(Assert.Single(valve.Drives).Energised);
        Assert.Equal((false, "InvalidOperationException: planted"), (_reports.Single(r => r.Output == 0).Done, _reports.Single(r => r.Output == 0).Fault));
        broken.During = null;
        RunFor(1);
        Assert.True(_reports[^1] is { Output: 0, Done: true });
    }

    [Fact]
    public void The_heartbeat_changes_for_as_long_as_steps_are_done_and_stands_still_2_s_after_the_last()
    {
        var beat = new FakePort(_time);
        _writer.SetHeartbeat(beat, TimeSpan.FromMilliseconds(500));
        RunFor(10);
        Assert.Equal(21, beat.Drives.Count);
        Assert.Equal(beat.Drives.Select((_, i) => i % 2 == 0), beat.Drives.Select(d => d.Energised));
        RunFor(30, alive: false);
        Assert.InRange(beat.Drives.Count, 22, 25);
        RunFor(2);
        Assert.True(beat.Drives.Count > 26);
    }

    [Fact]
    public void A_heartbeat_that_throws_keeps_no_output_from_its_safe_state()
    {
        var port = Add(out var slot);
        _writer.SetHeartbeat(new FakePort(_time) { During = () => throw new InvalidOperationException("planted") }, TimeSpan.FromMilliseconds(500));
        _writer.Set(slot, true);
        RunFor(2);
        _writer.Set(slot, false);
        Run();
        Assert.False(port.Drives[^1].Energised);
    }

    [Fact]
    public void The_heartbeat_begins_and_stands_still_by_the_steps_word()
    {
        var writer = new OutputWriter("gpio0", _life, _time, _reports.Add, _log);
        var beat = new FakePort(_time);
        writer.SetHeartbeat(beat, TimeSpan.FromMilliseconds(500));
        Assert.Equal(BusLoop.LongestWait, writer.RunDue(CancellationToken.None));
        Assert.Empty(beat.Drives);
        writer.Supply(true);
        Assert.True(writer.Signal.WaitOne(0));
        Assert.Equal(TimeSpan.FromMilliseconds(500), writer.RunDue(CancellationToken.None));
        Assert.Single(beat.Drives);
        writer.Supply(true);
        Assert.False(writer.Signal.WaitOne(0));
        writer.Supply(false);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        _life.Beat();
        writer.RunDue(CancellationToken.None);
        Assert.Single(beat.Drives);
    }

    [Fact]
    public void The_end_drives_outputs_safe_and_lamps_dark_whatever_is_asked_after_it_and_says_what_did_not_go()
    {
        var valve = Add(out var a);
        var stuck = Add(out _);
        stuck.Fault = "line 23: Device or resource busy";
        var lamp = new FakePort(_time);
        _writer.Add("LAMP", lamp, false, -1);
        var beat = new FakePort(_time);
        _writer.SetHeartbeat(beat, TimeSpan.FromSeconds(1));
        _writer.Set(a, true);
        Run();
        var beats = beat.Drives.Count;
        _writer.SafeForGood();
        _writer.Set(a, true);
        RunFor(3);
        Assert.False(valve.Drives[^1].Energised);
        Assert.False(Assert.Single(lamp.Drives).Energised);
        Assert.Equal(beats, beat.Drives.Count);
        Assert.False(_writer.IsAtRest);
        Assert.Equal([("XV-102", "line 23: Device or resource busy")], _writer.NotAtRest);
        stuck.Fault = "";
        RunFor(5);
        Assert.True(_writer.IsAtRest);
    }

    [Fact]
    public void Of_a_lamp_nothing_is_reported_and_it_stays_lit_when_the_writer_takes_over()
    {
        Add(out _);
        var lamp = new FakePort(_time);
        _writer.Set(_writer.Add("LAMP", lamp, false, -1), true);
        RunFor(20, alive: false);
        Assert.True(_writer.TookOver);
        Assert.True(lamp.Drives[^1].Energised);
        Assert.All(_reports, r => Assert.Equal(0, r.Output));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void At_the_end_what_a_planned_restart_leaves_stays_as_it_is_unless_the_writer_had_taken_over(bool alive)
    {
        var left = Add(out var a);
        var other = Add(out var b);
        _writer.Set(a, true);
        _writer.Set(b, true);
        Run();
        RunFor(20, alive);
        _writer.Leave(a, true);
        _writer.SafeForGood();
        Run();
        Assert.Equal((alive, false), (left.Drives[^1].Energised, other.Drives[^1].Energised));
        Assert.True(_writer.IsAtRest);
        Assert.Empty(_writer.NotAtRest);
        _writer.Leave(a, false); // whoever kept it does not any more
        Run();
        Assert.False(left.Drives[^1].Energised);
    }

    [Fact]
    public void What_is_left_is_nothing_to_wait_for_while_another_of_its_bus_does_not_come_to_rest()
    {
        var left = Add(out var a, TimeSpan.FromSeconds(2));
        var stuck = Add(out var b);
        _writer.Set(a, true);
        _writer.Set(b, true);
        Run();
        stuck.Fault = "timeout";
        _writer.Leave(a, true);
        _writer.SafeForGood();
        for (var turn = 0; turn < 10; turn++)
        {
            _life.Beat();
            var wait = _writer.RunDue(CancellationToken.None);
            Assert.True(wait > TimeSpan.Zero);
            _time.Advance(wait);
        }

        Assert.Single(left.Drives);
        Assert.False(_writer.IsAtRest);
    }

    private FakePort Add(out int slot, TimeSpan? refresh = null)
    {
        var port = new FakePort(_time, refresh);
        slot = _count++;
        _writer.Add(slot == 0 ? "XV-101" : "XV-102", port, false, slot);
        return port;
    }

    private int _count;

    private void Run() => _writer.RunDue(CancellationToken.None);

    /// <summary>As the thread would: it sleeps for as long as it was told.</summary>
    private void RunFor(double seconds, bool alive = true)
    {
        var until = _time.Monotonic() + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            if (alive)
                _life.Beat();
            var wait = _writer.RunDue(CancellationToken.None);
            var left = until - _time.Monotonic();
            if (left <= TimeSpan.Zero)
                return;
            _time.Advance(wait < left ? wait : left);
        }
    }
}
