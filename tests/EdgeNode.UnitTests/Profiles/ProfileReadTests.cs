using System.Buffers.Binary;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Profiles;

/// <summary>
/// Every quantity of every profile, over the wire: registers.csv was drawn from the collection of sourced device rows, not from the profiles;
/// a simulated unit is filled by it, with an encoder of this test's own, and read through the profile.
/// </summary>
public sealed class ProfileReadTests
{
    private static readonly Row[] Rows = [.. File.ReadLines(Path.Combine(TestFiles.Root, "tests", "EdgeNode.UnitTests", "Profiles", "registers.csv")).Skip(1).Select(Row.Of)];

    public static TheoryData<string> Names() => [.. TestFiles.Profiles.Names];

    [Fact]
    public void The_table_has_every_quantity_of_every_profile() =>
        Assert.Equal(
            TestFiles.Profiles.Names.SelectMany(n => TestFiles.Profiles.Find(n)!.Registers.Select(r => $"{n} {r.Name}")).Order(StringComparer.Ordinal),
            Rows.Select(r => $"{r.Profile} {r.Quantity}").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_unit_filled_by_the_table_reads_right_through_the_profile(string name)
    {
        var rows = Rows.Where(r => r.Profile == name).ToArray();
        var unit = new FieldUnit(1, new RegisterBank(holding: 4096, input: 4096));
        var expected = rows.Select((r, i) => r.Fill(unit.Bank, i)).ToArray();
        await using var server = ModbusTcpServer.Start([unit], TimeProvider.System);
        var site = TestFiles.Load($$"""
            node: { id: en-1, site: station-1 }
            buses:
              field: { modbus-tcp: "127.0.0.1:{{server.Port}}" }
            devices:
              - { id: D-1, bus: field, address: 1, every: 30s, timeout: 20s, profile: {{name}}, quantities: [ {{string.Join(", ", rows.Select(r => r.Quantity))}} ] }
            """);

        using var bus = ModbusBus.Create(site, 0, TimeProvider.System, NullLogger.Instance);
        var samples = new List<RawSample>();
        bus.Scan(0, samples, TestContext.Current.CancellationToken);

        Assert.Equal(rows.Length, samples.Count);
        for (var i = 0; i < rows.Length; i++)
        {
            var point = site.Points.Select((p, index) => (p, index)).Single(p => p.p.Name == "D-1." + rows[i].Quantity);
            var sample = samples.Single(s => s.Point == point.index);
            Assert.True(sample.Quality.IsGood, $"{point.p.Name}: {sample.Quality}");
            Assert.Equal(rows[i].Unit, point.p.Unit.Symbol);
            Assert.Equal(expected[i], (sample.Raw * point.p.Scale) + point.p.Offset, 1e-9 * Math.Abs(expected[i]));
        }
    }

    private sealed record Row(string Profile, string Quantity, RegisterTable Table, int Register, string Type, string Order, double Scale, string Unit)
    {
        public static Row Of(string line)
        {
            var c = line.Split(',');
            return new Row(
                c[0], c[1], c[2] == "3" ? RegisterTable.Holding : RegisterTable.Input, int.Parse(c[3], CultureInfo.InvariantCulture), c[4], c[5],
                double.Parse(c[6], CultureInfo.InvariantCulture), c[7]);
        }

        /// <summary>Writes a value that no other row of the profile has, and gives what is to be read.</summary>
        public double Fill(RegisterBank bank, int i)
        {
            var bytes = new byte[8];
            (var width, double raw) = Type switch
            {
                "uint16" => (2, 40_000 + i),
                "no-class" => (2, 0xD0C0), // a status word with those bits that have no class
                "int16" => (2, -12_345 - i),
                "low-byte" => (2, 3),
                "two" => (2, 2),
                "int16/100" => (2, -1_234),
                "int32+float32" => (4, 1_234_567_890.0),
                "uint32" => (4, 3_000_000_000.0 + i),
                "int32" => (4, -1_234_567_890.0 + i),
                "int64" => (8, -1_234_567_890_123.0 + i),
                "float32" => (4, -1234.5 - i),
                "float64" => (8, 0.1 + i),
                _ => throw new InvalidOperationException(Type),
            };
            switch (Type)
            {
                case "low-byte": (bytes[0], bytes[1]) = (0xA5, 3); break;
                case "float32": BinaryPrimitives.WriteSingleBigEndian(bytes, (float)raw); break;
                case "float64": BinaryPrimitives.WriteDoubleBigEndian(bytes, raw); break;
                default: BinaryPrimitives.WriteInt64BigEndian(bytes, (long)raw << (64 - (8 * width))); break;
            }

            // The order names for each place on the wire the byte that stands there, A the most significant.
            var wire = Order.Select(letter => bytes[letter - 'A']).ToArray();
            Assert.Equal(width, wire.Length);
            for (var r = 0; r < width / 2; r++)
                bank.SetUInt16(Table, Register + r, BinaryPrimitives.ReadUInt16BigEndian(wire.AsSpan(2 * r)));
            if (Type == "int32+float32")
                bank.SetFloat32(Table, Register + 2, 0.625f, WordOrder.CDAB);
            return Type switch { "int16/100" => raw / 100, "int32+float32" => raw + 0.625, _ => raw * Scale };
        }
    }
}
