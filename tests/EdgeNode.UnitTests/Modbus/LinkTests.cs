using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Connections that break, do not open, or want care (cases 18 to 23, 60, 64).</summary>
public class LinkTests
{
    [Fact, Trait("modbus-case", "18")]
    public void A_reset_in_mid_reply_leaves_no_stale_bytes_behind()
    {
        Script broken = ask => [Act.Say(Frames.Honest(ask)[..10]), Act.Reset];
        using var rig = new Rig(Peers.First(null, broken, broken), Plant.Simple(1));
        rig.One();
        Verdict.Bad(rig.One(), Reason.LinkDown);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((3, 2, 1), (rig.Bus.Health.Connects, rig.Bus.Health.LinkFailures, rig.Bus.Health.Retries));
    }

    [Fact, Trait("modbus-case", "18"), Trait("modbus-case", "59")]
    public void One_reset_is_repaired_by_one_counted_retry()
    {
        using var rig = new Rig(Peers.First(null, ask => [Act.Say(Frames.Honest(ask)[..10]), Act.Reset]), Plant.Simple(1));
        rig.One();
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((3, 1), (rig.Bus.Health.Requests, rig.Bus.Health.Retries));
    }

    [Fact, Trait("modbus-case", "59")]
    public void A_retry_that_does_not_fit_into_the_deadline_is_not_made()
    {
        using var rig = new Rig(Peers.First(null, _ => [Act.Late(TimeSpan.FromMilliseconds(600), []), Act.Fin with { After = TimeSpan.FromMilliseconds(600) }]), Plant.Simple(1));
        rig.One();
        Verdict.Bad(rig.One(), Reason.LinkDown);
        Assert.Equal(0, rig.Bus.Health.Retries);
    }

    [Fact, Trait("modbus-case", "19")]
    public void A_fin_after_part_of_a_frame_is_no_reply()
    {
        Script half = ask => [Act.Say(Frames.Honest(ask)[..8]), Act.Fin];
        using var rig = new Rig(Peers.First(null, half, half), Plant.Simple(1));
        rig.One();
        Verdict.Bad(rig.One(), Reason.LinkDown);
        Verdict.True(rig.One(), 1, 100);
    }

    [Fact, Trait("modbus-case", "19")]
    public void A_connection_that_the_peer_closed_while_idle_is_replaced_before_the_request()
    {
        using var rig = new Rig(Peers.Honest, Plant.Simple(1));
        rig.One();
        rig.Link.Push([], closes: true);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((2, 2, 0, 0), (rig.Bus.Health.Requests, rig.Bus.Health.Connects, rig.Bus.Health.Retries, rig.Bus.Health.LinkFailures));
        Assert.Equal(1, rig.Log.Count(2000));
        Assert.Equal(0, rig.Log.Count(2001));
    }

    [Fact, Trait("modbus-case", "20")]
    public void A_peer_that_vanished_without_a_word_costs_the_deadline_and_then_a_new_connection()
    {
        using var rig = new Rig(ask => ask is { Connection: 1, Number: > 1 } ? [] : Peers.Honest(ask), Plant.Simple(1));
        rig.One();
        var start = rig.Now;
        Verdict.Bad(rig.One(), Reason.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(1), rig.Now - start);
        Verdict.Bad(rig.One(), Reason.Timeout);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(2, rig.Bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "20")]
    public void A_dial_has_its_own_deadline_and_the_request_after_it_has_all_of_its_own()
    {
        using var rig = new Rig(ask => [Act.Late(TimeSpan.FromMilliseconds(900), Frames.Honest(ask))], Plant.Simple(1));
        rig.Link.Dialling = () => LinkResult.TimedOut;
        Verdict.Bad(rig.One(), Reason.LinkDown);
        Assert.Equal(Connection.ConnectTimeout, rig.Now - rig.Link.Dials[0]);
        rig.Link.Dialling = () =>
        {
            rig.Pass(2.5);
            return LinkResult.Done;
        };
        rig.Pass(5);
        Verdict.True(rig.One(), 1, 100);
    }

    [Fact, Trait("modbus-case", "21")]
    public void Refused_dials_back_off_with_jitter_up_to_the_cap_and_nothing_is_dialled_meanwhile()
    {
        using var rig = new Rig(Peers.Honest, Plant.Simple(1));
        rig.Link.Dialling = () => LinkResult.Closed;
        for (var i = 0; i < 6000; i++)
        {
            Verdict.Bad(rig.One(), Reason.LinkDown);
            rig.Pass(0.1);
        }

        var gaps = rig.Link.Dials.Zip(rig.Link.Dials.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        double[] upper = [1, 2, 4];
        for (var i = 0; i < gaps.Count; i++)
            Assert.InRange(gaps[i], (i < 3 ? upper[i] : 5) / 2, (i < 3 ? upper[i] : 5) + 0.11);
        Assert.InRange(gaps.Count, 3 + (593 / 5.11), 3 + (600 / 2.5));
        Assert.True(gaps.Skip(3).Select(g => Math.Round(g, 1)).Distinct().Count() > 5, "no jitter");
        Assert.Empty(rig.Link.Requests);
        Assert.Equal(1, rig.Log.Count(2001));
        Assert.False(rig.Bus.Health.LinkUp);

        rig.Link.Dialling = () => LinkResult.Done;
        rig.Pass(5);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(1, rig.Log.Count(2000));
        Assert.True(rig.Bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "21")]
    public void Two_gateways_do_not_dial_in_step()
    {
        var one = new BackOff(new Random(1));
        var other = new BackOff(new Random(2));
        one.Failed(TimeSpan.Zero);
        other.Failed(TimeSpan.Zero);
        Assert.NotEqual(one.Until, other.Until);
    }

    [Fact, Trait("modbus-case", "21")]
    public void A_peer_that_accepts_and_hangs_up_is_backed_off_too()
    {
        using var rig = new Rig(_ => [Act.Fin], Plant.Simple(1));
        for (var i = 0; i < 600; i++)
        {
            Assert.True(rig.One().Quality.IsBad);
            rig.Pass(1);
        }

        Assert.InRange(rig.Link.Dials.Count, 5, 200); // each 3 to 5 s instead of each second
        Assert.Equal(0, rig.Log.Count(2000));
        Assert.Equal(1, rig.Log.Count(2001));
    }

    [Fact, Trait("modbus-case", "22")]
    public void The_old_connection_is_closed_before_a_new_one_is_dialled()
    {
        Script wrong = ask => [Act.Say(Frames.Raw(ask.Transaction, 9, 5, 1))];
        using var rig = new Rig(Peers.First(null, wrong), Plant.Simple(1)); // MemoryLink.Connect asserts it too
        rig.One();
        rig.One();
        Assert.Equal(["open", "ask 1", "ask 1", "close", "open", "ask 1"], rig.Link.Story);
    }

    [Fact, Trait("modbus-case", "22")]
    public void Close_after_read_closes_after_each_scan_and_backs_nothing_off()
    {
        using var rig = new Rig(Peers.Honest, Plant.Bus with { CloseAfterRead = true }, 0, Plant.Simple(1), Plant.Simple(2));
        Verdict.True(rig.One(0), 1, 100);
        Verdict.True(rig.One(1), 2, 200);
        Verdict.True(rig.One(0), 1, 100);
        Assert.Equal(["open", "ask 1", "close", "open", "ask 2", "close", "open", "ask 1", "close"], rig.Link.Story);
        Assert.Single(rig.Log.Lines);
        Assert.Equal(0, rig.Bus.Health.LinkFailures);
        Assert.True(rig.Bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "23")]
    public void Pauses_after_connecting_and_between_requests_are_kept()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1000), Plant.Value(2, 2000));
        var bus = Plant.Bus with { PauseAfterConnect = TimeSpan.FromMilliseconds(700), PauseBetween = TimeSpan.FromMilliseconds(40) };
        using var rig = new Rig(ask => [Act.Late(TimeSpan.FromMilliseconds(5), Frames.Honest(ask))], bus, 0, device);
        var start = rig.Now;
        rig.Scan();
        rig.Pass(1);
        rig.Scan();
        Assert.Equal([700, 745, 790, 1795, 1840, 1885], rig.Link.Requests.Select(r => (int)(r.At - start).TotalMilliseconds));
    }

    [Fact, Trait("modbus-case", "60")]
    public void Cancellation_inside_a_transaction_leaves_the_link_usable()
    {
        using var rig = new Rig(
            ask => ask.Number == 1 ? [Act.Late(TimeSpan.FromMilliseconds(800), Frames.Honest(ask))] : [Act.Late(TimeSpan.FromMilliseconds(600), Frames.Honest(ask))],
            Plant.Simple(1), Plant.Simple(2));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), rig.Clock);
        var start = rig.Now;
        Assert.Empty(rig.ScanUntil(stop.Token));
        Assert.InRange((rig.Now - start).TotalMilliseconds, 300, 400);
        Verdict.True(rig.One(1), 2, 200); // the reply to the first request came in between
        Assert.Equal((1, 1), (rig.Bus.Health.Connects, rig.Bus.StrayReplies));
        Assert.Equal(0, rig.Bus.Health.Timeouts);
    }

    [Fact, Trait("modbus-case", "60")]
    public void Cancellation_between_transactions_keeps_what_was_read_and_leaves_out_the_rest()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1000), Plant.Value(2, 2000));
        using var stop = new CancellationTokenSource();
        using var rig = new Rig(
            ask =>
            {
                if (ask.Number == 2)
                    stop.Cancel();
                return Peers.Honest(ask);
            },
            device);
        var samples = rig.ScanUntil(stop.Token);
        Assert.Equal([0, 1], samples.Select(s => s.Point));
        Assert.Equal(2, rig.Link.Requests.Count);
        Assert.Equal(3, rig.Scan().Count);
        Assert.Equal(1, rig.Bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "64")]
    public void All_units_dead_means_one_new_connection_for_the_link()
    {
        using var rig = new Rig(Peers.Silent, [.. Enumerable.Range(1, 10).Select(Plant.Simple)]);
        for (var second = 0; second < 300; second++)
        {
            for (var d = 0; d < 10; d++)
                Assert.True(rig.One(d).Quality.IsBad);
            rig.Pass(1);
        }

        Assert.Equal(2, rig.Bus.Health.Connects);
        Assert.Equal(1, rig.Log.Count(2002));
        Assert.Equal(10, rig.Log.Count(2010));
    }

    [Fact, Trait("modbus-case", "64")]
    public void A_link_on_which_one_unit_answers_is_not_replaced()
    {
        using var rig = new Rig(ask => ask.Unit == 3 ? Peers.Honest(ask) : [], [.. Enumerable.Range(1, 10).Select(Plant.Simple)]);
        for (var second = 0; second < 300; second++)
        {
            for (var d = 0; d < 10; d++)
                rig.One(d);
            rig.Pass(1);
        }

        Assert.Equal(1, rig.Bus.Health.Connects);
        Assert.Equal(9, rig.Log.Count(2010));
    }

    [Fact]
    public void A_peer_that_hangs_up_when_asked_for_a_dead_unit_costs_its_neighbours_nothing()
    {
        using var rig = new Rig(ask => ask.Unit == 1 ? [Act.Fin] : Peers.Honest(ask), Plant.Simple(1), Plant.Simple(2));
        for (var second = 0; second < 120; second++)
        {
            Assert.True(rig.One(0).Quality.IsBad);
            Verdict.True(rig.One(1), 2, 200);
            rig.Pass(1);
        }

        Assert.Equal(1, rig.Log.Count(2010));
        Assert.Equal(0, rig.Log.Count(2001));
    }
}
