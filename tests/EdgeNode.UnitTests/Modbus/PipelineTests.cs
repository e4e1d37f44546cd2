using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Several open requests on one connection (facts/modbus.md section 4, 24).</summary>
public class PipelineTests
{
    private static readonly ModbusDeviceOptions Six = Plant.Device(1, [.. Enumerable.Range(0, 6).Select(i => Plant.Value(i, 1000 * i))]);

    private static Rig Rig(int depth, Script script, ModbusDeviceOptions? device = null) =>
        new(script, Plant.Bus with { Pipeline = depth }, 0, device ?? Six, Plant.Simple(2));

    private static void AllTrue(List<RawSample> samples)
    {
        Assert.Equal(6, samples.Count);
        Assert.All(samples, s => Verdict.True(s, 1, 1000 * s.Point));
    }

    /// <summary>Most requests that were open at once: a reply takes 100 ms here.</summary>
    private static int MostOpen(Rig rig) => rig.Link.Requests.Max(r => rig.Link.Requests.Count(o => o.At <= r.At && o.At > r.At - TimeSpan.FromMilliseconds(100)));

    private static IEnumerable<Act> Slow(Ask ask) => [Act.Late(TimeSpan.FromMilliseconds(100), Frames.Honest(ask))];

    [Theory, Trait("modbus-case", "24")]
    [InlineData(1, 600)]
    [InlineData(2, 300)]
    [InlineData(4, 200)]
    [InlineData(16, 100)]
    public void So_many_are_open_as_the_site_file_allows_and_one_without_it(int depth, int milliseconds)
    {
        using var rig = Rig(depth, Slow);
        AllTrue(rig.Scan()); // the first request goes alone: nobody knows the unit yet
        Assert.Equal(TimeSpan.FromMilliseconds(100), rig.Link.Requests[1].At - rig.Link.Requests[0].At);
        rig.Pass(1);
        var start = rig.Now;
        AllTrue(rig.Scan());
        Assert.InRange((rig.Now - start).TotalMilliseconds, milliseconds - 1, 600);
        Assert.Equal(Math.Min(depth, 6), MostOpen(rig));
        if (depth is 1 or 16)
            Assert.Equal(milliseconds, (rig.Now - start).TotalMilliseconds);
        Assert.Equal((12, 12, 0), (rig.Bus.Health.Requests, rig.Bus.Health.Replies, rig.Bus.StrayReplies));
    }

    [Fact, Trait("modbus-case", "24")]
    public void Replies_in_another_order_go_to_their_own_requests()
    {
        using var rig = Rig(4, ask => [Act.Late(TimeSpan.FromMilliseconds(100 - (13 * (ask.Number % 5))), Frames.Honest(ask))]);
        for (var scan = 0; scan < 20; scan++)
        {
            AllTrue(rig.Scan());
            rig.Pass(1);
        }

        Assert.Equal((120, 120, 0), (rig.Bus.Health.Requests, rig.Bus.Health.Replies, rig.Bus.StrayReplies));
        Assert.Equal(0, rig.Log.Count(2004));
    }

    [Theory, Trait("modbus-case", "24")]
    [InlineData("drops the second")]
    [InlineData("drops all but the last")]
    [InlineData("closes")]
    public void A_device_that_knows_one_at_a_time_is_asked_so_and_no_value_is_lost(string what)
    {
        using var rig = Rig(4, Slow);
        AllTrue(rig.Scan());
        rig.Pass(1);
        var (busyUntil, connection) = (TimeSpan.MinValue, 0);
        rig.Link.Script = ask =>
        {
            var isBusy = rig.Now < busyUntil && ask.Connection == connection;
            connection = ask.Connection;
            busyUntil = isBusy && what != "drops all but the last" ? busyUntil : rig.Now + TimeSpan.FromMilliseconds(100);
            return !isBusy ? (what == "drops all but the last" && rig.Link.Requests.Count(r => r.At == rig.Now) == 1 && rig.Link.Requests.Count < 10 ? [] : Slow(ask))
                : what == "closes" ? [Act.Fin] : [];
        };
        AllTrue(rig.Scan());
        rig.Pass(1);
        AllTrue(rig.Scan());
        Assert.Equal(1, rig.Log.Count(2004));
        var before = rig.Link.Requests.Count;
        rig.Pass(1);
        AllTrue(rig.Scan());
        Assert.Equal(6, rig.Link.Requests.Skip(before).Select(r => r.At).Distinct().Count());
    }

    [Fact, Trait("modbus-case", "24")]
    public void A_unit_that_dies_is_not_taken_for_one_that_knows_one_at_a_time()
    {
        using var rig = Rig(4, Slow);
        AllTrue(rig.Scan());
        rig.Link.Script = Peers.Silent;
        rig.Pass(1);
        Assert.All(rig.Scan(), s => Verdict.Bad(s, Reason.Timeout));
        rig.Link.Script = Slow;
        rig.Pass(60);
        AllTrue(rig.Scan());
        rig.Pass(1);
        AllTrue(rig.Scan());
        Assert.Equal((4, 0), (MostOpen(rig), rig.Log.Count(2004)));
    }

    [Fact, Trait("modbus-case", "24"), Trait("modbus-case", "77")]
    public void A_refused_block_is_split_among_open_requests()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 24).Select(i => Plant.Value(i, (100 * (i / 8)) + (i % 8)))]);
        using var rig = Rig(3, Peers.Lacking(2, 103), device);
        rig.Scan();
        for (var scan = 0; scan < 5; scan++)
        {
            rig.Pass(1);
            foreach (var sample in rig.Scan())
            {
                if (sample.Point == 11)
                    Verdict.Bad(sample, Reason.IllegalAddress);
                else
                    Verdict.True(sample, 1, (100 * (sample.Point / 8)) + (sample.Point % 8));
            }
        }
    }

    [Fact, Trait("modbus-case", "24"), Trait("modbus-case", "60")]
    public void A_cancelled_scan_leaves_nothing_for_the_next_one()
    {
        using var rig = Rig(4, Slow);
        AllTrue(rig.Scan());
        using var stop = new CancellationTokenSource();
        rig.Link.Script = ask =>
        {
            if (ask.Number == 8)
                stop.Cancel();
            return Slow(ask);
        };
        rig.ScanUntil(stop.Token);
        rig.Link.Script = Slow;
        for (var scan = 0; scan < 3; scan++)
        {
            AllTrue(rig.Scan());
            rig.Pass(1);
        }
    }
}
