using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What holds from the current of the transmitters to the command to the valve, whatever was before.</summary>
public sealed class InletLaws
{
    private static readonly string[] Votes = ["2oo3", "1oo3", "3oo3", "median", "average"];

    private static readonly InletSite[] Sites =
    [
        .. new[] { "0s", "300ms", "4s" }.SelectMany(failureAfter => Votes.Select(vote => new InletSite(
            failureAfter, ("vote: 2oo3", "vote: " + vote), ("    degrade: [ 1oo2, 1oo1 ]", "    #"), ("cause: { any: [ PAHH-101, P-101.all-bad ] }", "cause: PAHH-101"), ("on-bad: { trip-after: 10s }", "on-bad: hold")))),
    ];

    /// <summary>One that cannot help.</summary>
    public enum Out
    {
        Nobody,
        Dead,
        Bypassed,
    }

    /// <param name="Wait">Tenths of a second.</param>
    /// <param name="Member">0 to 2.</param>
    /// <param name="Current">Hundredths of a milliampere; below 0 a read that fails.</param>
    public sealed record Move(int Wait, int Member, int Current);

    /// <param name="Site">Index into the sites.</param>
    /// <param name="AllBad">What the setpoints say with nobody left.</param>
    /// <param name="Before">What the transmitters said before, of truth or of faults.</param>
    /// <param name="Who">The member that cannot help.</param>
    /// <param name="Out">Why.</param>
    /// <param name="Currents">Hundredths of a milliampere, all beyond the measurement; one after the other.</param>
    public sealed record Case(int Site, AllBad AllBad, Move[] Before, int Who, Out Out, int[] Currents);

    [Law(MaxTest = 500)]
    public Property A_true_overpressure_beyond_the_range_of_the_transmitters_moves_the_valve() => Prop.ForAll(Cases(), c =>
    {
        var site = Sites[c.Site].Site;
        site = site with { Groups = [site.Groups[0] with { AllBad = c.AllBad }] };
        var inlet = new InletSite { Site = site, Station = new(site, TimeSpan.Zero) }.Open();
        string[] names = ["PT-101A.pressure", "PT-101B.pressure", "PT-101C.pressure"];
        var at = 20.0;
        foreach (var move in c.Before)
        {
            at += move.Wait / 10.0;
            inlet.Station.Step(At(at), [inlet.Sample(names[move.Member], at, move.Current < 0 ? null : move.Current / 100.0)]);
        }

        if (c.Out == Out.Bypassed)
            inlet.Station.Step(At(at), [], [new(0, c.Who, TimeSpan.FromSeconds(at + 600))]);

        // Each transmitter in its turn, three times in 0.6 s, and so on for 4 s: by then the on-delay of 1 s is over and the trip has had to act.
        var safe = inlet.Station.Outputs.Status(InletSite.Valve).Safe;
        var heard = false;
        var commands = new List<OutputCommand>();
        for (var i = 0; i < 20; i++)
        {
            for (var m = 0; m < 3; m++)
            {
                at += 0.07;
                double? current = c.Out == Out.Dead && m == c.Who ? null : c.Currents[((3 * i) + m) % c.Currents.Length] / 100.0;
                commands.AddRange(inlet.Station.Step(At(at), [inlet.Sample(names[m], at, current)]).Outputs);
                heard |= current is not null && inlet.Station.Groups[0].Voting.Has(m);
            }
        }

        // What is safe stays safe; else the only command is that to the safe state.
        var stands = inlet.Station.Outputs.Status(InletSite.Valve).Safe;
        var moved = commands.SequenceEqual([new OutputCommand(InletSite.Valve, false, true)]);
        var onlyToSafe = safe ? stands && commands.Count == 0 : stands ? moved : commands.Count == 0;

        // Failed before, or unable to help, each of them: nobody says anything of the pressure now, and `all-bad` has the word. What they had said before may still come to a trip.
        if (!heard && c.AllBad != AllBad.Trip)
            return onlyToSafe;

        // Some that failed before, and some that are heard: where nobody knows what it comes to, a reset is refused.
        return onlyToSafe && stands && (inlet.Station.Trips[0].Cause ?? safe);
    });

    private static Arbitrary<Case> Cases()
    {
        // Any current, many of them just beyond the ends, some reads that fail.
        var current = Gen.OneOf(Gen.Choose(0, 2400), Gen.Choose(300, 390), Gen.Choose(2040, 2200), Gen.Constant(1200), Gen.Constant(-1));
        var moves = from wait in Gen.Choose(1, 20)
                    from member in Gen.Choose(0, 2)
                    from value in current
                    select new Move(wait, member, value);
        return (from site in Gen.Choose(0, Sites.Length - 1)
                from allBad in Gen.Elements(Enum.GetValues<AllBad>())
                from before in Gen.OneOf(Gen.Constant(Array.Empty<Move>()), moves.ListOf().Select(m => m.ToArray()))
                from who in Gen.Choose(0, 2)
                from why in Gen.Elements(Enum.GetValues<Out>())
                from currents in Gen.OneOf(Gen.Choose(2051, 2099), Gen.Choose(2100, 2400)).NonEmptyListOf()
                select new Case(site, allBad, before, who, why, [.. currents])).ToArbitrary();
    }
}
