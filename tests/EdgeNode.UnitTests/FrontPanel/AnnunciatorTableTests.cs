using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>The tables of the front panel, against the document and against sentences.</summary>
public class AnnunciatorTableTests(ITestOutputHelper output)
{
    private static readonly AlarmState[] States = Enum.GetValues<AlarmState>();

    [Fact]
    public void The_document_shows_the_table_that_annunciators_go_by()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Act/FrontPanel/AnnunciatorTable.md"))
            .Where(l => l.StartsWith('|')).Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray()).Where(r => r.Length == 6).Skip(2).ToList();
        Assert.Equal(["A", "B", "C", "D", "LU", "LA", "E", "F", "G"], rows.Select(r => r[0]));
        foreach (var state in States)
        {
            Indication[] row =
            [
                AnnunciatorTable.Lamp(state, false), AnnunciatorTable.Lamp(state, true),
                AnnunciatorTable.Siren(state, false, false), AnnunciatorTable.Siren(state, true, false), AnnunciatorTable.Siren(state, false, true),
            ];
            Assert.Equal(row.Select(i => i == Indication.RingBack ? "ring-back" : i.ToString().ToLowerInvariant()), rows[(int)state].Skip(1));
        }
    }

    [Fact]
    public void Every_state_muted_and_silenced_or_not_shows_what_the_standard_says()
    {
        var tried = 0;
        foreach (var state in States)
        {
            foreach (var muted in new[] { false, true })
            {
                var lamp = state.IsSetAside() || state == AlarmState.Normal ? Indication.Off
                    : state == AlarmState.LatchedAcknowledged ? Indication.RingBack
                    : state.NeedsAcknowledge() && !muted ? Indication.Flashing : Indication.Steady;
                Assert.Equal(lamp, AnnunciatorTable.Lamp(state, muted));
                foreach (var silenced in new[] { false, true })
                {
                    var calls = state is AlarmState.Unacknowledged or AlarmState.LatchedUnacknowledged && !muted && !silenced;
                    Assert.Equal(calls ? Indication.Calling : Indication.Off, AnnunciatorTable.Siren(state, muted, silenced));
                    tried++;
                }
            }
        }

        output.WriteLine($"counted: annunciator, {States.Length} states, muted or not, silenced or not: {tried} cases.");
        Assert.Equal(36, tried);
    }

    [Fact]
    public void Every_state_of_a_contact_by_every_input_goes_where_the_words_say()
    {
        var tried = 0;
        foreach (var state in Enum.GetValues<ContactState>())
        {
            foreach (var input in Enum.GetValues<ContactInput>())
            {
                var (to, act) = ContactTable.Move(state, input);
                var down = state is ContactState.Pressed or ContactState.Held or ContactState.Stuck;
                Assert.Equal(input switch
                {
                    ContactInput.Active when state == ContactState.Released => ContactState.Pressed,
                    ContactInput.Active => down ? state : ContactState.Held, // nobody saw it go down
                    ContactInput.Inactive => ContactState.Released,
                    ContactInput.Doubtful => state == ContactState.Stuck ? state : ContactState.Unknown,
                    _ => down ? ContactState.Stuck : state,
                }, to);
                Assert.Equal(
                    (state, to) switch
                    {
                        (ContactState.Released, ContactState.Pressed) => ContactAct.Press,
                        (ContactState.Pressed, ContactState.Released or ContactState.Unknown) => ContactAct.Release,
                        (not ContactState.Stuck, ContactState.Stuck) => ContactAct.Stuck,
                        (ContactState.Stuck, ContactState.Released) => ContactAct.Free,
                        _ => ContactAct.None,
                    },
                    act);
                tried++;
            }
        }

        output.WriteLine($"counted: contact, 5 states of a contact by 4 inputs: {tried} cases.");
        Assert.Equal(20, tried);
    }
}
