using EdgeNode.Uplink.Session;

namespace EdgeNode.UnitTests.Uplink;

public class PacketGuardTests
{
    private const int Most = 1000;

    [Law]
    public bool Packets_up_to_the_limit_pass_unchanged_however_they_are_cut(ushort[] sizes, byte pieces)
    {
        var bytes = sizes.SelectMany(s => Packet(s % (Most + 1))).ToArray();
        var refused = 0L;
        using var guard = new PacketGuard(new MemoryStream(bytes), Most, s => refused = s);
        var read = new MemoryStream();
        var buffer = new byte[pieces + 1];
        for (int got; (got = guard.Read(buffer, 0, buffer.Length)) > 0;)
        {
            read.Write(buffer, 0, got);
        }

        return refused == 0 && read.ToArray().SequenceEqual(bytes);
    }

    [Theory]
    [InlineData(Most + 1)]
    [InlineData(200 * 1024 * 1024)]
    public async Task One_above_the_limit_is_refused_by_its_header_alone(int size)
    {
        byte[] bytes = [.. Packet(20), .. Header(size)];
        var refused = 0L;
        await using var guard = new PacketGuard(new MemoryStream(bytes), Most, s => refused = s);

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            var buffer = new byte[7];
            while (await guard.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        });

        Assert.Equal(size, refused);
    }

    private static byte[] Packet(int size) => [.. Header(size), .. Enumerable.Repeat((byte)0xFF, size)];

    private static List<byte> Header(int size)
    {
        List<byte> header = [0x30];
        do
        {
            header.Add((byte)((size & 0x7F) | (size > 0x7F ? 0x80 : 0)));
            size >>= 7;
        }
        while (size > 0);

        return header;
    }
}
