using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// The rows of facts/modbus.md section 3 with what this client makes of them, in virtual time with the table's own 500 ms: what the reader of the
/// value sees, how many values were wrong, and how long it took from the faulty request until every value was good again; on the serial line beyond what the same reads take undisturbed.
/// </summary>
public class FaultReport(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    [Fact, Trait("modbus-case", "5"), Trait("modbus-case", "18"), Trait("modbus-case", "30")]
    public void No_row_gives_wrong_data_and_each_is_over_within_one_timeout_of_its_end()
    {
        output.WriteLine("TCP: unit 2 misbehaves with one request, five other units are read after it     | read of unit 2       | wrong | all good after");
        foreach (var row in FaultTableTests.Rows)
            Tcp(row.Data.Item1);
        output.WriteLine("RTU: the first of four reads misbehaves, then three other registers of the unit | the first read       | wrong | all good after");
        foreach (var row in RtuFaultTableTests.Rows)
            Serial(row.Data.Item1);
    }

    private void Tcp(string row)
    {
        var faulty = true;
        var ends = TimeSpan.Zero;
        using var rig = new Rig(
            ask =>
            {
                if (ask.Unit != 2 || !faulty)
                    return Peers.Honest(ask);
                faulty = row.EndsWith("for ever", StringComparison.Ordinal);
                var acts = FaultTableTests.Fault(row, ask, Timeout).ToList();
                ends = acts.Max(a => a.After);
                return acts;
            },
            [.. Enumerable.Range(1, 6).Select(unit => Plant.Device(unit, Plant.Value(0, 40 + unit)) with { Timeout = Timeout })]);
        rig.One(0);
        Report(row, ends, rig.Now, () => rig.Now, unit => rig.One(unit - 1), [2, 3, 4, 5, 6, 1], unit => Frames.Truth(unit, 3, 40 + unit), () => faulty = false);
    }

    private void Serial(string row)
    {
        using var honest = new RtuRig(Slaves.First(ask => [Act.Say(Rtu.Honest(ask))]), RtuRig.Line, RtuFaultTableTests.Device);
        var undisturbed = honest.Time(() => honest.Scan()) + honest.Time(() => honest.Scan());
        using var rig = new RtuRig(Slaves.First(ask => RtuFaultTableTests.Fault(row, ask)), RtuRig.Line with { Echo = row == "local echo" }, RtuFaultTableTests.Device);
        List<RawSample> samples = [];
        Report(
            row, row == "late reply" ? TimeSpan.FromMilliseconds(700) : TimeSpan.Zero, rig.Now, () => rig.Now - undisturbed,
            value =>
            {
                if (value == 0)
                    samples = rig.Scan();
                return samples.Single(s => s.Point == value);
            },
            [0, 1, 2, 3], value => Frames.Truth(1, 3, 100 * value), () => { });
    }

    private void Report(string row, TimeSpan ends, TimeSpan start, Func<TimeSpan> now, Func<int, RawSample> read, int[] of, Func<int, int> truth, Action heal)
    {
        var first = read(of[0]);
        var wrong = Wrong(first, truth(of[0]));
        var after = now() - start;
        foreach (var other in of[1..])
            wrong += Wrong(read(other), truth(other));
        heal();
        for (var (good, round) = (false, 0); !good; round++)
        {
            Assert.True(round < 4, $"{row}: no end of it");
            var all = of.Select(o => (Sample: read(o), Truth: truth(o))).ToList();
            wrong += all.Sum(a => Wrong(a.Sample, a.Truth));
            good = all.TrueForAll(a => a.Sample.Quality.IsGood);
            after = now() - start;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row,-79} | {first.Quality,-20} | {wrong,5} | {after.TotalMilliseconds,6:F0} ms"));
        Assert.Equal(0, wrong);
        Assert.InRange(after, -Timeout, ends + Timeout);
    }

    private static int Wrong(RawSample sample, int truth) => sample.Quality.IsGood && sample.Raw != truth ? 1 : 0;
}
