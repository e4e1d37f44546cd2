using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Who a unit is: functions 43, 17 and 8, and a maker's own.</summary>
public class InquiryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static byte[] Objects(int level, bool more, int next, params (int Id, string Text)[] objects) =>
    [
        43, 14, (byte)level, 0x81, (byte)(more ? 0xFF : 0), (byte)next, (byte)objects.Length,
        .. objects.SelectMany(o => new[] { (byte)o.Id, (byte)o.Text.Length }.Concat(Encoding.Latin1.GetBytes(o.Text))),
    ];

    private static Rig Device(Func<Ask, byte[]> pdu) => new(a => [Act.Say(Frames.Frame(a.Transaction, a.Unit, pdu(a)))], Plant.Simple(1));

    private static Identification Identify(Rig rig, IdentificationLevel level, int first = 0) =>
        rig.Bus.Identify(9, level, first, Second, CancellationToken.None);

    [Theory, Trait("modbus-case", "46")]
    [InlineData(IdentificationLevel.Basic)]
    [InlineData(IdentificationLevel.Regular)]
    [InlineData(IdentificationLevel.Extended)]
    public void A_unit_says_who_it_is_in_one_reply(IdentificationLevel level)
    {
        using var rig = Device(a => Objects(a.Frame[9], false, 0, (0, "Maker"), (1, "PT-9"), (2, "V2.11"), (0x80, "a\u00ff")));
        var found = Identify(rig, level);
        Assert.Equal(Quality.Good, found.Quality);
        Assert.Equal([(0, "Maker"), (1, "PT-9"), (2, "V2.11"), (0x80, "a\uFFFD")], found.Objects);
        Assert.Equal([43, 14, (byte)level, 0], rig.Link.Requests.Single().Ask.Frame[7..]);
    }

    [Fact, Trait("modbus-case", "46")]
    public void A_single_object_is_one_request_whatever_the_unit_says_of_more()
    {
        using var rig = Device(a => Objects(4, true, 200, (a.Frame[10], "x")));
        Assert.Equal([(5, "x")], Identify(rig, IdentificationLevel.Single, 5).Objects);
        Assert.Single(rig.Link.Requests);
    }

    [Fact, Trait("modbus-case", "46")]
    public void More_that_follows_is_fetched_until_there_is_none()
    {
        using var rig = Device(a => Objects(3, a.Frame[10] < 40, a.Frame[10] + 1, (a.Frame[10], $"object {a.Frame[10]}")));
        var found = Identify(rig, IdentificationLevel.Extended);
        Assert.Equal(Enumerable.Range(0, 41).Select(i => (i, $"object {i}")), found.Objects);
        Assert.Equal((Quality.Good, 41), (found.Quality, rig.Link.Requests.Count));
    }

    [Theory, Trait("modbus-case", "46")]
    [InlineData("the same again", 1)]
    [InlineData("backwards", 2)]
    [InlineData("none, and more", 1)]
    [InlineData("for ever", 64)]
    public void A_unit_that_never_ends_is_not_followed(string how, int requests)
    {
        using var rig = Device(a => how switch
        {
            "the same again" => Objects(1, true, 0, (0, "x")),
            "backwards" => a.Number == 1 ? Objects(1, true, 7, (6, "x")) : Objects(1, true, 8, (3, "x")),
            "none, and more" => Objects(1, true, 1),
            _ => Objects(1, true, a.Frame[10] + 1, (a.Frame[10], "x")),
        });
        Assert.Equal(Quality.Bad(Reason.WrongReply), Identify(rig, IdentificationLevel.Basic).Quality);
        Assert.Equal(requests, rig.Link.Requests.Count);
    }

    [Fact, Trait("modbus-case", "46")]
    public void Over_a_serial_line_the_objects_say_where_the_reply_ends()
    {
        using var rig = new RtuRig(
            a => [Act.Say(Rtu.Frame(a.Unit, Objects(1, a.Frame[4] == 0, 1, (a.Frame[4], new string('x', 200)))))], RtuRig.Line with { Baud = 19200 }, Plant.Simple(1));
        var found = rig.Bus.Identify(9, IdentificationLevel.Basic, 0, Second, CancellationToken.None);
        Assert.Equal([(0, new string('x', 200)), (1, new string('x', 200))], found.Objects);
    }

    [Fact, Trait("modbus-case", "45")]
    public void The_server_id_comes_as_the_maker_sends_it()
    {
        using var rig = Device(_ => [17, 3, 0x42, 0xFF, 0x31]);
        Assert.Equal(Quality.Good, rig.Bus.ServerId(9, Second, CancellationToken.None, out var id));
        Assert.Equal([0x42, 0xFF, 0x31], id);

        using var line = new RtuRig(a => [Act.Say(Rtu.Frame(a.Unit, 17, 3, 0x42, 0xFF, 0x31))], Plant.Simple(1));
        Assert.Equal(Quality.Good, line.Bus.ServerId(9, Second, CancellationToken.None, out id));
        Assert.Equal([0x42, 0xFF, 0x31], id);
    }

    [Fact, Trait("modbus-case", "45")]
    public void A_loopback_must_bring_back_what_was_sent()
    {
        using var rig = Device(a => [8, 0, 0, a.Frame[10], a.Frame[11]]);
        Assert.Equal(Quality.Good, rig.Bus.Loopback(9, 0xA537, Second, CancellationToken.None));
        using var wrong = Device(a => [8, 0, 0, a.Frame[10], (byte)(a.Frame[11] ^ 1)]);
        Assert.Equal(Quality.Bad(Reason.WrongReply), wrong.Bus.Loopback(9, 0xA537, Second, CancellationToken.None));
        using var spoilt = new RtuRig(Slaves.Says(a => Rtu.Spoilt(a.Frame)), Plant.Simple(1));
        Assert.Equal(Quality.Bad(Reason.Checksum), spoilt.Bus.Loopback(9, 0xA537, Second, CancellationToken.None));
    }

    /// <summary>The energy reset of a PZEM-004T: function 0x42 without data, confirmed by itself (its manual; facts/modbus_devices.csv).</summary>
    [Fact, Trait("modbus-case", "52")]
    public void A_makers_own_function_is_answered_by_as_many_bytes_as_the_caller_says()
    {
        using var line = new RtuRig(a => [Act.Say(Rtu.Frame(a.Unit, 0x42))], Plant.Simple(1));
        Assert.Equal(Quality.Good, line.Bus.Inquiry.Vendor(1, [0x42], 1, Second, CancellationToken.None, out _));
        Verdict.Bad(line.One(), Reason.Timeout); // once it is answered, its code is noise again

        using var longer = new RtuRig(a => [Act.Say(Rtu.Frame(a.Unit, 0x64, 7, 8))], Plant.Simple(1));
        Assert.Equal(Quality.Good, longer.Bus.Inquiry.Vendor(1, [0x64, 1], 3, Second, CancellationToken.None, out var data));
        Assert.Equal([7, 8], data);
        Assert.Equal(Quality.Bad(Reason.WrongReply), longer.Bus.Inquiry.Vendor(2, [0x64, 1], 9, Second, CancellationToken.None, out _));

        using var refusing = new RtuRig(a => [Act.Say(Rtu.Exception(a, 1))], Plant.Simple(1));
        Assert.Equal(Quality.Bad(Reason.IllegalFunction), refusing.Bus.Inquiry.Vendor(1, [0x42], 1, Second, CancellationToken.None, out _));

        using var rig = Device(_ => [0x64, 7, 8]);
        Assert.Equal(Quality.Good, rig.Bus.Inquiry.Vendor(1, [0x64, 1], 3, Second, CancellationToken.None, out data));
        Assert.Equal([7, 8], data);
        Assert.Equal(Quality.Bad(Reason.WrongReply), rig.Bus.Inquiry.Vendor(1, [0x64, 1], 4, Second, CancellationToken.None, out _));
    }
}
