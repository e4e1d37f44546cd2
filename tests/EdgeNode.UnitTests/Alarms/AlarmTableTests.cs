using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>The alarm machine against its table: in the document, and in an oracle that knows neither.</summary>
public class AlarmTableTests(ITestOutputHelper output)
{
    private static readonly TimeSpan At = TimeSpan.FromHours(100);
    private static readonly AlarmState[] States = Enum.GetValues<AlarmState>();
    private static readonly AlarmInput[] Inputs = Enum.GetValues<AlarmInput>();

    [Fact]
    public void The_document_shows_the_table_that_the_machine_goes_by()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Evaluate/AlarmTable.md"))
            .Where(l => l.StartsWith('|')).Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray()).ToList();
        var named = rows.Where(r => r.Length == 4 && r[0].Length is 1 or 2).ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal);
        Assert.Equal(States.Select(s => s.Text()), named.Values);
        var header = rows.FindIndex(r => r.Length > 10);
        Assert.Equal(Inputs.Select(i => i.Text()), rows[header][^AlarmTable.Inputs..]);
        var cells = rows.Skip(header + 2).Take(States.Length).ToList();
        Assert.Equal(named.Keys, cells.Select(r => r[0]));
        foreach (var state in States)
        {
            Assert.Equal(Inputs.Select(i => Shown(AlarmTable.Move(state, i))), cells[(int)state].Skip(1));
        }
    }

    [Fact]
    public void Every_state_by_every_input_goes_where_the_standard_says()
    {
        var tried = 0;
        foreach (var state in States)
        {
            foreach (var input in Inputs)
            {
                for (var bits = 0; bits < 64; bits++)
                {
                    tried += Try(state, input, Bit(bits, 0), Bit(bits, 1), Bit(bits, 2), Bit(bits, 3), Bit(bits, 4), Bit(bits, 5)) ? 1 : 0;
                }
            }
        }

        output.WriteLine($"counted: alarm, {States.Length} states by {Inputs.Length} inputs, with every condition, latch, suppression, shelf, option of latching and of being critical: {tried} cases.");
        Assert.Equal((9 * 12 * 64) - (9 * 64), tried); // a clear is one of the two kinds, by the option

        static bool Bit(int bits, int n) => (bits >> n & 1) == 1;
    }

    private static bool Try(AlarmState state, AlarmInput input, bool active, bool latched, bool suppressed, bool oneShot, bool latching, bool critical)
    {
        var shelf = state == AlarmState.Shelved ? At + TimeSpan.FromHours(1) : (TimeSpan?)null;
        var options = TestSite.Alarm() with { Latch = latching, Priority = critical ? AlarmPriority.Critical : AlarmPriority.High };
        var machine = new AlarmMachine(options);
        machine.Restore(new AlarmFacts(state, active, latched, suppressed, shelf, oneShot && shelf is not null), At);
        AlarmAnswer? answer = null;
        switch (input)
        {
            case AlarmInput.Raise:
                machine.Condition(true, At);
                break;
            case AlarmInput.Clear or AlarmInput.ClearLatching:
                if (input != machine.Condition(false, At))
                {
                    Assert.Equal(latching, input == AlarmInput.Clear); // the other of the two belongs to the other option
                    return false;
                }

                break;
            case AlarmInput.Shelve:
                answer = machine.Shelve(At, null, oneShot: false);
                break;
            default:
                answer = machine.Apply(input, At);
                break;
        }

        var (expected, refused) = Oracle(state, input, active, latched, suppressed, latching, critical);
        var what = $"{state} {input} active {active} latched {latched} suppressed {suppressed} latching {latching} critical {critical}";
        Assert.True(expected == machine.State, $"{what}: {machine.State}, the standard says {expected}");
        Assert.True(answer is null || refused == (answer == AlarmAnswer.Refused), $"{what}: {answer}");
        Assert.True((machine.State == AlarmState.Shelved) == machine.Facts.ShelvedUntil.HasValue, what + ": a shelf has an end, and only a shelf");
        return true;
    }

    /// <summary>ISA-18.2 in sentences, written without a look at the table.</summary>
    private static (AlarmState To, bool Refused) Oracle(
        AlarmState state, AlarmInput input, bool active, bool latched, bool suppressed, bool latching, bool critical)
    {
        var shelved = state == AlarmState.Shelved;
        var outOfService = state == AlarmState.OutOfService;
        var byDesign = state == AlarmState.SuppressedByDesign;
        var setAside = shelved || outOfService || byDesign;
        var known = state is AlarmState.Acknowledged or AlarmState.LatchedAcknowledged;
        var latchShows = state is AlarmState.LatchedAcknowledged or AlarmState.LatchedUnacknowledged;
        switch (input)
        {
            case AlarmInput.Raise: // what is up already does not come up again
                return (setAside || state is AlarmState.Acknowledged ? state : AlarmState.Unacknowledged, false);
            case AlarmInput.Clear or AlarmInput.ClearLatching:
                return state switch
                {
                    AlarmState.Unacknowledged => (latching ? AlarmState.LatchedUnacknowledged : AlarmState.ReturnedUnacknowledged, false),
                    AlarmState.Acknowledged => (latching ? AlarmState.LatchedAcknowledged : AlarmState.Normal, false),
                    _ => (state, false),
                };
            case AlarmInput.Acknowledge when setAside || state == AlarmState.Normal:
                return (state, true);
            case AlarmInput.Acknowledge:
                return (known ? state
                    : state == AlarmState.Unacknowledged ? AlarmState.Acknowledged
                    : latchShows ? AlarmState.LatchedAcknowledged : AlarmState.Normal, false);
            case AlarmInput.Reset: // releases the latch, not the duty to acknowledge
                return latchShows ? (known ? AlarmState.Normal : AlarmState.ReturnedUnacknowledged, false) : (state, true);
            case AlarmInput.ReAlarm:
                return (state == AlarmState.Acknowledged ? AlarmState.Unacknowledged : state, false);
            case AlarmInput.Shelve:
                return outOfService ? (state, true) : (AlarmState.Shelved, false);
            case AlarmInput.Unshelve:
                return shelved ? (Returns(suppressed), false) : (state, true);
            case AlarmInput.Suppress when critical:
                return (state, true);
            case AlarmInput.Suppress: // what a person has set aside shows as that
                return (shelved || outOfService ? state : AlarmState.SuppressedByDesign, false);
            case AlarmInput.Unsuppress:
                return (byDesign ? Returns(false) : state, false);
            case AlarmInput.RemoveFromService:
                return (AlarmState.OutOfService, false);
            case AlarmInput.ReturnToService:
                return outOfService ? (Returns(suppressed), false) : (state, true);
            default:
                throw new ArgumentOutOfRangeException(nameof(input));
        }

        AlarmState Returns(bool meaningless) => meaningless ? AlarmState.SuppressedByDesign
            : active ? AlarmState.Unacknowledged : latched ? AlarmState.LatchedUnacknowledged : AlarmState.Normal;
    }

    private static string Shown(AlarmMove move) => move switch
    {
        AlarmMove.Stay => ".",
        AlarmMove.Refuse => "!",
        AlarmMove.Back => "back",
        _ => move.ToString(),
    };
}
