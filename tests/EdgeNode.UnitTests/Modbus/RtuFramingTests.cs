using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>RTU frames among all that a serial line brings, on the in-memory line at 9600 baud (facts/modbus.md section 4, 26 to 42).</summary>
public class RtuFramingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Char = TimeSpan.FromTicks(11 * TimeSpan.TicksPerSecond / 9600);

    [Fact, Trait("modbus-case", "26")]
    public void The_check_sum_is_the_standards_own()
    {
        // Modbus over serial line 1.02, appendix B: 02 07 gives 41 12 on the wire.
        Assert.Equal(0x1241, Crc16.Of([0x02, 0x07]));
        Assert.Equal(Rtu.Crc([.. Enumerable.Range(0, 256).Select(i => (byte)i)]), Crc16.Of([.. Enumerable.Range(0, 256).Select(i => (byte)i)]));
    }

    [Fact, Trait("modbus-case", "26"), Trait("modbus-case", "43")]
    public void A_reply_with_a_good_sum_is_read_and_one_with_a_bad_sum_is_not()
    {
        using var rig = new RtuRig(Slaves.First(Slaves.Says(a => Rtu.Spoilt(Rtu.Honest(a)))), Plant.Simple(1));
        Verdict.Bad(rig.One(), Reason.WrongReply);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((2, 1, 1, 0, 0), (rig.Bus.Health.Requests, rig.Bus.Health.Replies, rig.Bus.Health.ChecksumErrors, rig.Bus.Health.WrongReplies, rig.Bus.Health.Timeouts));
        Assert.Contains("check sum", Assert.Single(rig.Log.Lines, l => l.Id == 2012).Text, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "26")]
    public void A_unit_that_is_well_is_asked_again_within_the_deadline_when_its_reply_is_spoilt()
    {
        using var rig = new RtuRig(Slaves.First(null, Slaves.Says(a => Rtu.Spoilt(Rtu.Honest(a)))), Plant.Simple(1));
        rig.One();
        var took = rig.Time(() => Verdict.True(rig.One(), 1, 100));
        Assert.Equal(3, rig.Link.Requests.Count);
        Assert.InRange(took.TotalMilliseconds, 100, 300); // one byte timeout and two exchanges
    }

    [Theory, Trait("modbus-case", "26"), Trait("modbus-case", "30")]
    [InlineData(1)]
    [InlineData(2)]
    public void A_burst_that_passes_for_a_spoilt_reply_does_not_shift_the_replies_after_it(int number)
    {
        // Seven bytes of noise, as long as the reply; the reply itself comes as every reply after 300 ms, and the next request wants another register.
        var device = Plant.Device(1, Plant.Value(0, 100), Plant.Value(1, 500));
        using var rig = new RtuRig(
            a =>
            {
                var reply = Act.Late(TimeSpan.FromMilliseconds(300), Rtu.Honest(a));
                return a.Number == number ? [Act.Say(9, 9, 9, 9, 9, 9, 9), reply] : [reply];
            },
            device);
        for (var i = 0; i < 4; i++)
        {
            var samples = rig.Scan();
            Assert.All(samples.Where(s => s.Quality.IsGood), s => Verdict.True(s, 1, s.Point == 0 ? 100 : 500));
            Assert.Equal(number == 1 && i == 0, samples.Any(s => s.Quality.IsBad)); // a unit that is well is asked again at once
        }
    }

    [Fact, Trait("modbus-case", "27")]
    public void Any_stray_byte_before_the_reply_does_no_harm()
    {
        for (var stray = 0; stray < 256; stray++)
        {
            using var rig = new RtuRig(Slaves.Says(a => [(byte)stray, .. Rtu.Honest(a)]), Plant.Simple(3));
            Verdict.True(rig.One(), 3, 300);
            Assert.Single(rig.Link.Requests);
        }
    }

    [Theory, Trait("modbus-case", "27")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(600)]
    public void Noise_before_the_reply_is_skipped_within_the_deadline(int count)
    {
        var random = new Random(count);
        var device = Plant.Device(3, Plant.Value(0, 300), Plant.Value(1, 301)) with { Timeout = TimeSpan.FromSeconds(2) };
        for (var round = 0; round < 20; round++)
        {
            using var rig = new RtuRig(
                a =>
                {
                    var noise = new byte[count];
                    random.NextBytes(noise);
                    return [Act.Late(Slaves.TurnAround, [.. noise, .. Rtu.Honest(a)])];
                },
                device);
            Assert.All(rig.Scan(), s => Verdict.True(s, 3, 300 + s.Point));
        }
    }

    [Fact, Trait("modbus-case", "27")]
    public void Noise_and_a_pause_before_the_reply_do_not_end_the_wait()
    {
        using var rig = new RtuRig(a => [Act.Say(0), Act.Late(TimeSpan.FromMilliseconds(400), Rtu.Honest(a))], Plant.Simple(3));
        Verdict.True(rig.One(), 3, 300);
    }

    [Theory, Trait("modbus-case", "28")]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(50)]
    public void Junk_behind_a_frame_hurts_neither_this_read_nor_the_next(int gap)
    {
        var device = Plant.Device(3, Plant.Value(0, 300), Plant.Value(1, 800));
        using var rig = new RtuRig(
            a => [Act.Late(Slaves.TurnAround, Rtu.Honest(a)), Act.Late(Slaves.TurnAround + (Char * 7) + TimeSpan.FromMilliseconds(gap), [3, 3, 2])], device);
        for (var i = 0; i < 5; i++)
            Assert.Equal([Frames.Truth(3, 3, 300), Frames.Truth(3, 3, 800)], rig.Scan().Select(s => s.Raw));
        Assert.Equal(10, rig.Bus.Health.Requests);
    }

    [Fact, Trait("modbus-case", "29")]
    public void An_echo_is_removed()
    {
        using var rig = new RtuRig(Slaves.Honest, RtuRig.Line with { Echo = true }, Plant.Simple(3), Plant.Simple(4)) { Link = { Echoes = true } };
        for (var i = 0; i < 3; i++)
        {
            Verdict.True(rig.One(), 3, 300);
            Verdict.True(rig.One(1), 4, 400);
        }

        Assert.Equal((6, 6, 0L), (rig.Bus.Health.Requests, rig.Bus.Health.Replies, rig.Bus.StrayReplies));
    }

    [Fact, Trait("modbus-case", "29")]
    public void Any_part_of_an_echo_is_removed_before_a_slow_reply()
    {
        for (var from = 0; from < 8; from++)
        {
            for (var to = from + 1; to <= 8; to++)
            {
                var part = from..to;
                using var rig = new RtuRig(
                    a => [Act.Say(a.Frame[part]), Act.Late(TimeSpan.FromMilliseconds(300), Rtu.Honest(a))], RtuRig.Line with { Echo = true }, Plant.Simple(3));
                Verdict.True(rig.One(), 3, 300);
            }
        }
    }

    [Fact, Trait("modbus-case", "29")]
    public void An_adapter_that_echoes_although_nobody_said_so_gives_no_wrong_value_and_is_named()
    {
        using var honest = new RtuRig(Slaves.Honest, Plant.Simple(3)) { Link = { Echoes = true } };
        Verdict.True(honest.One(), 3, 300);

        using var dead = new RtuRig(Slaves.Silent, Plant.Simple(3)) { Link = { Echoes = true } };
        Verdict.Bad(dead.One(), Reason.WrongReply);
        Assert.Contains("echo: true", Assert.Single(dead.Log.Lines, l => l.Id == 2012).Text, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "31"), Trait("modbus-case", "14"), Trait("modbus-case", "15")]
    public void A_frame_of_another_unit_function_or_count_is_never_used_and_the_wait_goes_on()
    {
        RtuScript[] wrong =
        [
            Slaves.Says(a => Rtu.Reply(4, 3, a.Register, 1)), Slaves.Says(a => Rtu.Reply(3, 4, a.Register, 1)), Slaves.Says(a => Rtu.Reply(3, 3, a.Register, 2)),
            Slaves.Says(_ => Rtu.Frame(3, 0x84, 2)), Slaves.Says(_ => Rtu.Frame(4, 0x83, 2)), Slaves.Says(_ => Rtu.Frame(0, 0x83, 2)),
        ];
        foreach (var other in wrong)
        {
            using var alone = new RtuRig(other, Plant.Simple(3));
            var took = alone.Time(() => Assert.True(alone.One().Quality.IsBad));
            Assert.InRange(took, Second, 2.2 * Second);

            using var before = new RtuRig(a => [.. other(a), Act.Late(TimeSpan.FromMilliseconds(200), Rtu.Honest(a))], Plant.Simple(3));
            Verdict.True(before.One(), 3, 300);
        }
    }

    [Fact, Trait("modbus-case", "32"), Trait("modbus-case", "53")]
    public void An_exception_is_known_as_soon_as_its_five_bytes_are_there()
    {
        using var rig = new RtuRig(Slaves.Says(a => Rtu.Exception(a, 4)), Plant.Device(3, [.. Enumerable.Range(0, 100).Select(i => Plant.Value(i, 300 + i))]));
        rig.Scan();
        var (at, _, _) = Assert.Single(rig.Link.Requests);
        Assert.Equal(at + (13 * Char) + Slaves.TurnAround, rig.Now);
        Assert.Equal(1, rig.Bus.Health.Exceptions);
    }

    [Fact, Trait("modbus-case", "41")]
    public void The_talk_of_a_foreign_master_is_rejected()
    {
        // It asks the same units for the same number of other registers, and gets replies.
        for (var register = 0; register < 1200; register += 37)
        {
            using var rig = new RtuRig(
                a => [Act.Late(Slaves.TurnAround, Rtu.Request(3, 3, register, 1)), Act.Late(TimeSpan.FromMilliseconds(100), Rtu.Honest(a))], Plant.Simple(3));
            Verdict.True(rig.One(), 3, 300);

            using var alone = new RtuRig(Slaves.Says(_ => Rtu.Request(3, 3, register, 1)), Plant.Simple(3));
            Assert.True(alone.One().Quality.IsBad);
        }
    }

    [Fact, Trait("modbus-case", "42")]
    public void A_frame_may_come_in_two_parts_cut_anywhere()
    {
        byte[] frame = Rtu.Reply(3, 3, 300, 10);
        for (var cut = 0; cut < frame.Length; cut++)
        {
            var framer = new RtuFramer();
            foreach (var part in new[] { frame[..cut], frame[cut..] })
            {
                Assert.False(framer.Next(out _));
                part.CopyTo(framer.Free());
                framer.Added(part.Length);
            }

            Assert.True(framer.Next(out var found));
            Assert.Equal(3, found.Unit);
            Assert.Equal(frame[1..^2], found.Pdu.ToArray());
            Assert.False(framer.Next(out _));
            Assert.True(framer.Waiting.IsEmpty);
        }
    }

    [Fact, Trait("modbus-case", "82")]
    public void Whatever_bytes_come_no_exception_escapes_and_no_frame_without_a_good_sum_comes_out()
    {
        var random = new Random(26);
        var framer = new RtuFramer();
        var found = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = random.Next(4) switch
            {
                0 => Rtu.Reply(random.Next(256), 3 + random.Next(2), random.Next(1000), 1 + random.Next(4)),
                1 => Rtu.Frame(random.Next(256), (byte)random.Next(256), (byte)random.Next(256)),
                _ => new byte[random.Next(1, 40)],
            };
            if (bytes[^1] == 0)
                random.NextBytes(bytes);
            if (random.Next(3) == 0)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var free = framer.Free();
            Assert.True(free.Length >= 40);
            bytes.CopyTo(free);
            framer.Added(bytes.Length);
            while (framer.Next(out var frame))
            {
                found++;
                byte[] whole = [frame.Unit, .. frame.Pdu];
                Assert.NotEqual(0, frame.Unit);
                Assert.True(frame.Pdu[0] switch
                {
                    1 or 2 or 3 or 4 or 17 or 23 => frame.Pdu.Length == 2 + frame.Pdu[1],
                    5 or 6 or 8 or 15 or 16 => frame.Pdu.Length == 5,
                    22 => frame.Pdu.Length == 7,
                    43 => frame.Pdu.Length >= 7,
                    _ => frame.Pdu[0] >= 0x80 && frame.Pdu.Length == 2,
                });
                Assert.Equal(Rtu.Frame(frame.Unit, frame.Pdu.ToArray())[..^2], whole);
            }
        }

        Assert.True(found > 1000, $"{found}");
    }
}
