using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>
/// What AlarmTable.md says beside the moves: what holds in each state (siren, re-alarm time, latch, shelf), and what is told of each input. Played through all alarms of a site, as
/// the station plays them, in every state that can exist.
/// </summary>
public class AlarmTableToldTests(ITestOutputHelper output)
{
    private static readonly ClockReading At = TestSite.At(360_000);
    private static readonly TimeSpan ReAlarm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Shelf = TimeSpan.FromHours(1);
    private static readonly string[] Letters = ["A", "B", "C", "D", "LU", "LA", "E", "F", "G"];
    private static readonly Dictionary<string, string[]> States = Rows("states");
    private static readonly Dictionary<string, string[]> Told = Rows("told");

    /// <summary>A state that can exist, with what the site file says.</summary>
    private sealed record Case(AlarmFacts Facts, bool Latching, bool Critical)
    {
        public AlarmOptions Options => TestSite.Alarm(on: 0) with
        {
            Latch = Latching, Priority = Critical ? AlarmPriority.Critical : AlarmPriority.High, ReAlarm = ReAlarm, ShelveAtMost = Shelf, SuppressWhen = new AlarmCause(false, 1),
        };
    }

    [Fact]
    public void The_document_has_a_row_for_each_state_and_for_each_input()
    {
        Assert.Equal(Letters, States.Keys);
        Assert.Equal(Enum.GetValues<AlarmInput>().Select(i => i.Text()), Told.Keys);
        Assert.Equal(Enum.GetValues<AlarmInput>().Select(i => i.Past()), Told.Values.Select(r => r[0]));
        foreach (var state in Enum.GetValues<AlarmState>())
            Assert.Equal(AnnunciatorTable.Siren(state, muted: false, silenced: false) == Indication.Calling ? "calls" : "silent", States[Letter(state)][0]);
    }

    [Fact]
    public void Every_state_by_every_input_sounds_latches_counts_and_tells_what_the_document_shows()
    {
        int tried = 0, told = 0;
        foreach (var one in Cases())
            foreach (var input in Enum.GetValues<AlarmInput>())
            {
                if (Impossible(one, input))
                    continue;
                tried++;
                told += Try(one, input) ? 1 : 0;
            }

        output.WriteLine($"counted: alarm, {Cases().Count()} states with their facts and options, {tried} inputs, {told} of them told");
        Assert.True(Cases().Count() > 60 && told > 200 && tried > 2 * told);
    }

    private static bool Try(Case one, AlarmInput input)
    {
        var transitions = new List<AlarmTransition>();
        var site = TestSite.Of([TestSite.Point(stale: 1e6), TestSite.Point("HS-101.state", stale: 1e6)], [one.Options]);
        var alarms = new SiteAlarms(site, transitions);
        alarms[0].Restore(one.Facts, At.Monotonic);
        Assert.Equal(one.Facts, alarms[0].Facts);

        var what = $"{Letter(one.Facts.State)} {input.Text()} {one.Facts} {(one.Latching ? "with latch" : "")} {(one.Critical ? "critical" : "")}";
        var answer = Play(alarms, input, out var at);
        var (before, after, state) = (one.Facts, alarms[0].Facts, alarms[0].State);
        var shouldBeTold = Told[input.Text()][1].Split(' ').Contains(Letter(before.State)) && input switch
        {
            AlarmInput.Suppress => !one.Critical && !before.Suppressed,
            AlarmInput.Unsuppress => before.Suppressed,
            _ => true,
        };

        // What is told.
        var endsShelf = before.OneShot && input is AlarmInput.Clear or AlarmInput.ClearLatching;
        Assert.True(transitions.Count == (shouldBeTold ? endsShelf ? 2 : 1 : 0), $"{what}: told {string.Join(", ", transitions.Select(t => t.Input))}");
        if (shouldBeTold)
        {
            var transition = transitions[0];
            var byHand = Told[input.Text()][2].StartsWith("whoever asked", StringComparison.Ordinal);
            Assert.True((input, byHand ? "mei" : null, after.Active, at.Monotonic) == (transition.Input, transition.By, transition.Active, transition.At), $"{what}: {transition}");
            Assert.True(!endsShelf || transitions[1] is { Input: AlarmInput.Unshelve, By: null }, $"{what}: {transitions[^1]}");
            Assert.True(transitions[^1].State == state && transitions[^1].Until.HasValue == (state == AlarmState.Shelved), $"{what}: {transitions[^1]}");
        }

        // Whoever asked is told "!" of the table, and nothing else is a refusal.
        Assert.True(answer is null || (answer == AlarmAnswer.Done) == shouldBeTold, $"{what}: {answer}");
        Assert.True(answer is null || (answer == AlarmAnswer.Refused) == (AlarmTable.Move(before.State, input) == AlarmMove.Refuse), $"{what}: {answer}");
        Assert.True(shouldBeTold || after == before, $"{what}: {after}, and nothing was told");

        // What holds in the state it has come to.
        var row = States[Letter(state)];
        Assert.True(alarms.IsAnnounced(0) == (row[0] == "calls"), $"{what}: {state}, announced {alarms.IsAnnounced(0)}");
        var restarted = before.State == AlarmState.Acknowledged && state == AlarmState.Acknowledged ? At.Monotonic : at.Monotonic;
        var due = row[1] == "none" ? row[3] == "set" ? after.ShelvedUntil : null : restarted + ReAlarm;
        Assert.True(alarms[0].Deadline == due, $"{what}: {state}, due {alarms[0].Deadline}, and not {due}");
        Assert.True(after.ShelvedUntil.HasValue == (row[3] == "set"), $"{what}: {state}, shelf until {after.ShelvedUntil}");
        Assert.True(input != AlarmInput.Shelve || answer != AlarmAnswer.Done || after.ShelvedUntil == at.Monotonic + Shelf, $"{what}: shelf until {after.ShelvedUntil}");
        Assert.True(after.Latched == (row[2] switch { "none" => false, "stands" => true, "as it was" => before.Latched, _ => one.Latching }), $"{what}: {state}, latched {after.Latched}");
        Assert.True(after.Active == (input switch { AlarmInput.Raise => true, AlarmInput.Clear or AlarmInput.ClearLatching => false, _ => before.Active }), $"{what}: active {after.Active}");
        return shouldBeTold;
    }

    /// <summary>What a person asked for is answered; what comes of conditions and time is not.</summary>
    private static AlarmAnswer? Play(SiteAlarms alarms, AlarmInput input, out ClockReading at)
    {
        at = At;
        switch (input)
        {
            case AlarmInput.Raise:
                alarms.Observe(new Reading(0, 7, Quality.Good, At.Wall), At);
                break;
            case AlarmInput.Clear or AlarmInput.ClearLatching:
                alarms.Observe(new Reading(0, 5, Quality.Good, At.Wall), At);
                break;
            case AlarmInput.ReAlarm:
                at = new ClockReading(At.Monotonic + ReAlarm, At.WallAt(At.Monotonic + ReAlarm));
                break;
            case AlarmInput.Suppress or AlarmInput.Unsuppress:
                alarms.Observe(new Reading(1, input == AlarmInput.Suppress ? 1 : 0, Quality.Good, At.Wall), At);
                break;
            default:
                return alarms.Ask(new AlarmCommand(0, input, "mei"), At);
        }

        alarms.Advance(at);
        return null;
    }

    /// <summary>A condition comes only where it was not, and goes only where it was; a clear is one of the two kinds, by the option.</summary>
    private static bool Impossible(Case one, AlarmInput input) => input switch
    {
        AlarmInput.Raise => one.Facts.Active,
        AlarmInput.Clear => !one.Facts.Active || one.Latching,
        AlarmInput.ClearLatching => !one.Facts.Active || !one.Latching,
        _ => false,
    };

    private static IEnumerable<Case> Cases() =>
        from state in Enum.GetValues<AlarmState>()
        from bits in Enumerable.Range(0, 64)
        let active = (bits & 1) != 0
        let latched = (bits & 2) != 0
        let suppressed = (bits & 4) != 0
        let oneShot = (bits & 8) != 0
        let latching = (bits & 16) != 0
        let critical = (bits & 32) != 0
        where state switch
        {
            AlarmState.Normal or AlarmState.ReturnedUnacknowledged => !active && !latched && !suppressed,
            AlarmState.Unacknowledged or AlarmState.Acknowledged => active && latched == latching && !suppressed,
            AlarmState.LatchedUnacknowledged or AlarmState.LatchedAcknowledged => !active && latched && !suppressed,
            AlarmState.SuppressedByDesign => suppressed,
            _ => true,
        }
        where (!latched || latching) && (!suppressed || !critical) && (!oneShot || state == AlarmState.Shelved)
        select new Case(new AlarmFacts(state, active, latched, suppressed, state == AlarmState.Shelved ? At.Monotonic + Shelf : null, oneShot), latching, critical);

    private static string Letter(AlarmState state) => Letters[(int)state];

    private static Dictionary<string, string[]> Rows(string name) =>
        File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Evaluate/AlarmTable.md"))
            .SkipWhile(l => l != $"<!-- {name} -->").Skip(3).TakeWhile(l => l != "<!-- end -->")
            .Select(l => l.Split('|')[1..^1].Select(c => c.Trim()).ToArray()).ToDictionary(r => r[0], r => r[1..], StringComparer.Ordinal);
}
