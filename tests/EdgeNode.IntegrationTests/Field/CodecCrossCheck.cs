using EdgeNode.Core.Model;
using EdgeNode.Simulation.Modbus;
using Xunit;

namespace EdgeNode.IntegrationTests.Field;

/// <summary>The simulated server's own codec against pymodbus: the same data and the same requests must give the same reply, byte for byte.</summary>
public sealed class CodecCrossCheck : IAsyncLifetime
{
    private const int PlainFirst = 1000;
    private const int PlainCount = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-").FullName;
    private PymodbusField _pymodbus = null!;
    private ModbusTcpServer _simulated = null!;

    public async ValueTask InitializeAsync()
    {
        _pymodbus = await PymodbusField.StartAsync(
            new PymodbusFieldOptions(Units: 2, Points: 62), Path.Combine(_folder, "served.csv"), TestContext.Current.CancellationToken);
        _simulated = ModbusTcpServer.Start([Unit(1), Unit(2)], TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _pymodbus.DisposeAsync();
        await _simulated.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Both_answer_the_same_requests_with_the_same_bytes()
    {
        string[] requests =
        [
            "03 03E8 0001", "03 03E8 007D", "03 044B 007D", "04 03E8 0001", "04 0400 0064", "04 04AF 0001",     // registers, up to the last one
            "03 03E8 0000", "03 03E8 007E", "04 03E8 FFFF", "04 03E8 0000",                                    // exception 3
            "03 04B0 0001", "03 044C 007D", "04 FFFF 0001", "04 8000 0001",                                    // exception 2
            "06 03E9 BEEF", "03 03E8 0003", "10 03EA 0002 04 0102 F304", "03 03E8 0006", "06 04B0 0001",         // writes, seen by the next read
            "10 04AF 0002 04 0000 0000", "10 03E8 0001 04 0000 0000",
            "05 0003 FF00", "0F 0008 000A 02 CD01", "01 0000 0064", "01 0003 0001", "01 0005 000B", "05 0003 0000", "01 0000 0010",
            "02 0004 0007", "01 0000 0065", "02 0064 0001", "01 0000 0000", "01 0000 07D1", "05 0064 FF00", "0F 0063 0002 01 03",
            "41 0000", "2A", "64 01",                                                                          // exception 1
        ];
        Compare(requests);
    }

    [Fact]
    public void Five_hundred_random_reads_get_the_same_bytes_of_both()
    {
        // Both sides of every border: counts round 125, addresses round both ends of the table.
        var random = new Random(502);
        Compare([.. Enumerable.Range(0, 500).Select(_ =>
            $"{random.Next(3, 5):X2} {PlainFirst + random.Next(0, PlainCount + 20):X4} {(random.Next(4) == 0 ? random.Next(120, 130) : random.Next(0, 30)):X4}")]);
    }

    [Fact]
    public void Both_serve_the_points_as_the_same_float_bytes()
    {
        using var theirs = new PlainMaster(_pymodbus.Port);
        using var ours = new PlainMaster(_simulated.Port);
        for (int round = 1; round <= 300; round++)
        {
            for (int point = 0; point < 62; point++) _simulated.Unit(1).Bank.SetFloat32(RegisterTable.Holding, 2 * point, round, WordOrder.ABCD);
            Assert.Equal(theirs.Ask((ushort)round, 1, "03 0000 007C"), ours.Ask((ushort)round, 1, "03 0000 007C"));
        }
    }

    private static FieldUnit Unit(byte address)
    {
        var bank = new RegisterBank(PlainFirst + PlainCount, PlainFirst + PlainCount, coils: 100, discrete: 100);
        for (int i = 0; i < PlainCount; i++)
        {
            bank.SetUInt16(RegisterTable.Holding, PlainFirst + i, (ushort)((256 * address) + i));
            bank.SetUInt16(RegisterTable.Input, PlainFirst + i, (ushort)((256 * address) + i));
        }

        for (int i = 0; i < 100; i += 3) bank.SetDiscrete(i, on: true);
        return new FieldUnit(address, bank);
    }

    private void Compare(IEnumerable<string> requests)
    {
        using var theirs = new PlainMaster(_pymodbus.Port);
        using var ours = new PlainMaster(_simulated.Port);
        var differences = new List<string>();
        ushort transaction = 0;
        foreach (string request in requests)
        {
            byte unit = (byte)(1 + (transaction % 2));
            string expected = theirs.Ask(++transaction, unit, request);
            string answer = ours.Ask(transaction, unit, request);
            if (expected != answer) differences.Add($"{request} to unit {unit}: pymodbus {expected}, simulated {answer}");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
