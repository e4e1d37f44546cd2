using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What holds of outputs whatever comes.</summary>
public class OutputLaws
{
    private static readonly TimeSpan Minimum = TimeSpan.FromSeconds(7);

    /// <summary>One thing that happens after a wait: 0 and 1 the trip, 2 and 3 a person, 4 to 8 a contact, 9 and 10 a report, else nothing but time.</summary>
    private sealed record Happens(double Wait, int Kind, int Value);

    [Law(MaxTest = 500)]
    public Property No_output_leaves_its_safe_state_while_a_trip_or_a_hold_wants_it_safe_and_none_waits_to_go_there() => Prop.ForAll(Histories(), history =>
    {
        var (tripped, held, at) = (false, true, 0.0);
        TimeSpan? safeSince = TimeSpan.Zero;
        var (commands, events) = (new List<OutputCommand>(), new List<OutputEvent>());
        var outputs = Make(() => tripped, commands, events);
        foreach (var h in history)
        {
            at += h.Wait;
            var before = tripped || held;
            Apply(outputs, h, at, ref tripped, ref held);
            commands.Clear();
            events.Clear();
            outputs.Advance(At(at));
            foreach (var e in events.Where(e => e.Change == OutputChange.Commanded))
            {
                // No energise before the minimum time is over, at whatever moment it is told of.
                var moment = TimeSpan.FromMicroseconds(e.Time.UnixMicroseconds - At(0).Wall.UnixMicroseconds);
                var wanted = moment < TimeSpan.FromSeconds(at) ? before : tripped || held;
                if (!e.Safe && (wanted || moment < safeSince + Minimum))
                {
                    return false;
                }

                safeSince = e.Safe ? safeSince ?? moment : null; // the first command says what was so from the start on
            }

            var status = outputs.Status(0);
            if ((tripped || held) && !status.Safe)
            {
                return false;
            }

            if (!tripped && !held && status.Safe && safeSince is { } since && TimeSpan.FromSeconds(at) >= since + Minimum + TimeSpan.FromTicks(10))
            {
                return false;
            }
        }

        return true;
    });

    [Law(MaxTest = 300)]
    public Property A_wall_clock_that_jumps_changes_no_command_and_no_fault() => Prop.ForAll(Histories(), history => Run(history, 0).SequenceEqual(Run(history, 3_600_000_000L)));

    private static List<string> Run(Happens[] history, long jump)
    {
        var (tripped, held, at, n) = (false, true, 0.0, 0);
        var (commands, events, told) = (new List<OutputCommand>(), new List<OutputEvent>(), new List<string>());
        var outputs = Make(() => tripped, commands, events);
        foreach (var h in history)
        {
            at += h.Wait;
            Apply(outputs, h, at, ref tripped, ref held);
            var now = At(at);
            outputs.Advance(now with { Wall = now.Wall with { UnixMicroseconds = now.Wall.UnixMicroseconds + (n++ % 3 * jump) } });
            told.Add($"{outputs.Status(0).Energised} {outputs.Status(0).Faults} {outputs.Status(0).Proof} {outputs.Status(0).LastTravel}");
        }

        told.AddRange(commands.Select(c => c.ToString()));
        return told;
    }

    private static SiteOutputs Make(Func<bool> tripped, List<OutputCommand> commands, List<OutputEvent> events) =>
        new(
            Of(Valve with { MinimumSafe = Minimum, Proof = Switches, ReadBack = Contact, HandOffAuto = new HandOffAutoOptions(Hand, Auto) }),
            _ => tripped(), TimeSpan.Zero, commands, events);

    private static void Apply(SiteOutputs outputs, Happens h, double at, ref bool tripped, ref bool held)
    {
        switch (h.Kind)
        {
            case 0 or 1:
                tripped = h.Kind == 0;
                break;
            case 2 or 3:
                held = h.Kind == 2;
                outputs.Ask(new OutputAsk(0, held, "mei"), At(at));
                break;
            case <= 8:
                var bad = h.Value == 2;
                outputs.Observe(new Reading(h.Kind - 4, h.Value & 1, bad ? Quality.Bad(Reason.LinkDown) : Quality.Good, At(at).Wall), TimeSpan.FromSeconds(at));
                break;
            case 9 or 10:
                outputs.Take(new OutputReport(0, h.Kind == 9, h.Value != 0, h.Value == 2 ? null : h.Kind == 9, "words", TimeSpan.FromSeconds(at)));
                break;
        }
    }

    private static Arbitrary<Happens[]> Histories()
    {
        var one = from wait in Gen.Elements(0.0, 0.25, 1.0, 3.0, 7.0, 45.0)
                  from kind in Gen.Choose(0, 11)
                  from value in Gen.Choose(0, 2)
                  select new Happens(wait, kind, value);
        return one.ArrayOf().ToArbitrary();
    }
}
