using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>
/// What comes by time (a re-alarm, the end of a shelf, the end of a suppression) calls nobody for what is known to be gone, and hides nothing that stands. The table in AlarmTable.md
/// is played with each priority, with and without a latch.
/// </summary>
public class AlarmWaitTests
{
    private const int Due = 100, OffDelay = 60;

    private static readonly AlarmInput[] ByTime = [AlarmInput.ReAlarm, AlarmInput.Unshelve, AlarmInput.Unsuppress];

    public static TheoryData<AlarmInput, AlarmPriority, bool> Cases
    {
        get
        {
            var cases = new TheoryData<AlarmInput, AlarmPriority, bool>();
            foreach (var input in ByTime)
                foreach (var priority in Enum.GetValues<AlarmPriority>())
                    foreach (var latch in new[] { false, true })
                        if (input != AlarmInput.Unsuppress || priority != AlarmPriority.Critical)
                            cases.Add(input, priority, latch);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_comes_by_time_comes_as_the_document_shows(AlarmInput input, AlarmPriority priority, bool latch)
    {
        var row = File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Evaluate/AlarmTable.md"))
            .SkipWhile(l => l != "<!-- waits -->").TakeWhile(l => l != "<!-- end -->")
            .Select(l => l.Split('|').Select(c => c.Trim()).ToArray()).Single(r => r.Length > 2 && r[1] == input.Text())[2..^1];
        Assert.Equal(4, row.Length);
        for (var condition = 0; condition < 4; condition++)
        {
            var bench = SetAside(input, priority, latch);
            if (condition == 3)
                bench.Read(5, after: Due - OffDelay - 5); // gone for the whole off-delay, 5 s before the time
            bench.Wait(condition == 3 ? OffDelay : Due - 5);
            if (condition == 1)
                bench.Read(0, after: 1, quality: Quality.Bad(Reason.Timeout));
            if (condition == 2)
                bench.Read(5, after: 1);
            var told = bench.Wait(condition is 1 or 2 ? 4 : 5);
            var shown = row[condition] == "waits" && priority == AlarmPriority.Critical ? "B" : row[condition];
            if (shown is "waits" or ".")
            {
                Assert.Empty(told);
                Assert.True(shown == "." || bench.State() == Aside(input));
            }
            else
            {
                var one = Assert.Single(told);
                Assert.Equal((input, Begin(input) + TimeSpan.FromSeconds(Due)), (one.Input, one.At));
                Assert.Equal(shown == "B" ? AlarmState.Unacknowledged : latch ? AlarmState.LatchedUnacknowledged : AlarmState.Normal, one.State);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_waits_comes_with_the_clear_and_at_the_moment_at_which_the_condition_is_back_or_unknown(AlarmInput input, AlarmPriority priority, bool latch)
    {
        if (priority == AlarmPriority.Critical)
            return;
        foreach (var known in new[] { true, false })
        {
            var back = Gone();
            Assert.Empty(back.Read(5, after: 10)); // a sample more of the same
            var called = Assert.Single(known ? back.Read(7, after: 10) : back.Read(0, after: 10, quality: Quality.Bad(Reason.Timeout)));
            Assert.Equal((input, AlarmState.Unacknowledged, Begin(input) + TimeSpan.FromSeconds(Due + 20)), (called.Input, called.State, called.At));
            Assert.Null(back.Alarms[0].Deadline);
        }

        var gone = Gone();
        Assert.Empty(gone.Wait(OffDelay - 10 - 0.1));
        var told = gone.Wait(5); // a step that comes late changes no moment
        Assert.Equal(input == AlarmInput.ReAlarm ? [latch ? AlarmInput.ClearLatching : AlarmInput.Clear] : new[] { latch ? AlarmInput.ClearLatching : AlarmInput.Clear, input }, told.Select(t => t.Input));
        Assert.All(told, t => Assert.Equal(Begin(input) + TimeSpan.FromSeconds(Due - 10 + OffDelay), t.At));
        Assert.Equal(
            !latch ? AlarmState.Normal : input == AlarmInput.ReAlarm ? AlarmState.LatchedAcknowledged : AlarmState.LatchedUnacknowledged, gone.State());
        Assert.False(gone.Alarms.IsAnnounced(0) && !latch);

        AlarmBench Gone()
        {
            var bench = SetAside(input, priority, latch);
            bench.Read(5, after: Due - 10);
            Assert.Empty(bench.Wait(10));
            return bench;
        }
    }

    [Fact]
    public void What_a_person_asks_for_waits_for_nothing()
    {
        foreach (var (aside, back) in new[] { (AlarmInput.Shelve, AlarmInput.Unshelve), (AlarmInput.RemoveFromService, AlarmInput.ReturnToService) })
        {
            var bench = new AlarmBench(AlarmBench.High() with { OffDelay = TimeSpan.FromSeconds(OffDelay) });
            bench.Read(7);
            bench.Ask(aside);
            bench.Read(5);
            Assert.Equal(AlarmAnswer.Done, bench.Ask(back));
            Assert.Equal(AlarmState.Unacknowledged, bench.State());
        }
    }

    /// <summary>Raised, and set aside at <see cref="Begin"/> until <see cref="Due"/> later.</summary>
    private static AlarmBench SetAside(AlarmInput input, AlarmPriority priority, bool latch)
    {
        var bench = new AlarmBench(AlarmBench.High(priority: priority) with
        {
            Latch = latch,
            OffDelay = TimeSpan.FromSeconds(OffDelay),
            ReAlarm = input == AlarmInput.ReAlarm ? TimeSpan.FromSeconds(Due) : null,
            OnDelay = input == AlarmInput.Unsuppress ? TimeSpan.FromSeconds(Due) : TimeSpan.Zero,
            SuppressWhen = new AlarmCause(false, 1),
        });
        if (input == AlarmInput.Unsuppress)
        {
            // The suppression comes and goes at once, and stays for the on-delay.
            bench.Read(7);
            bench.Wait(Due);
            bench.Read(1, after: 0, point: 1);
            bench.Read(0, after: 0, point: 1);
        }
        else
        {
            bench.Read(7);
            bench.Ask(input == AlarmInput.ReAlarm ? AlarmInput.Acknowledge : AlarmInput.Shelve, seconds: Due);
        }

        Assert.Equal(Aside(input), bench.State());
        return bench;
    }

    private static TimeSpan Begin(AlarmInput input) => TimeSpan.FromSeconds(input == AlarmInput.Unsuppress ? 1 + Due : 1);

    private static AlarmState Aside(AlarmInput input) => input switch
    {
        AlarmInput.ReAlarm => AlarmState.Acknowledged,
        AlarmInput.Unshelve => AlarmState.Shelved,
        _ => AlarmState.SuppressedByDesign,
    };
}
