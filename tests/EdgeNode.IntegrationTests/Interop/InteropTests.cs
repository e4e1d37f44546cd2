using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Hardware;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.IntegrationTests.Serial;
using EdgeNode.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeNode.IntegrationTests.Interop;

/// <summary>Every function against servers that others wrote, over TCP and RTU, from the site file onwards (facts/modbus.md section 4, case 84).</summary>
public sealed class InteropTests(ITestOutputHelper output)
{
    private const string Libmodbus = "libmodbus";
    private const string Pymodbus = "pymodbus";
    private const int Baud = 115200;
    private const byte Unit = 17;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Libmodbus, "tcp")]
    [InlineData(Libmodbus, "rtu")]
    [InlineData(Libmodbus, "rtu-over-tcp")]
    [InlineData(Pymodbus, "tcp")]
    [InlineData(Pymodbus, "rtu")]
    public async Task Every_function_is_understood(string peer, string wire)
    {
        using var folder = new TempFolder();
        await using var line = wire switch
        {
            "rtu" => await SerialPair.StartAsync(),
            "rtu-over-tcp" => await SerialPair.StartServerAsync(),
            _ => null,
        };
        await using var knock = wire == "rtu-over-tcp" ? Bus($"modbus-rtu-over-tcp: \"{line!.Near}\", baud: {Baud}") : null;
        if (knock is not null)
            Scan(knock.Modbus); // the slave's end appears with the first connection
        await using var server = await StartAsync(peer, folder, wire == "tcp" ? ["tcp"] : ["rtu", line!.Far, Baud.ToString(CultureInfo.InvariantCulture)]);
        var port = server.Output.Split("ready ")[1].Split('\n')[0].Trim();
        await using var own = knock is not null ? null : Bus(wire == "tcp" ? $"modbus-tcp: \"127.0.0.1:{port}\"" : $"modbus-rtu: {line!.Near}, baud: {Baud}, format: 8N1");
        var bus = (knock ?? own!).Modbus;

        Read(bus, peer, wire);
        Write(bus, peer, wire);
        Ask(bus, peer, wire);
        Assert.Equal((knock is null ? 0 : 1, 0), (bus.Health.Timeouts, bus.Health.WrongReplies));
    }

    private void Read(ModbusBus bus, string peer, string wire)
    {
        var samples = Scan(bus);
        Assert.All(samples, s => Assert.Equal(Quality.Good, s.Quality));
        Assert.Equal(
            [1, 0, 0, 1, 1, 0, 0, 1, 7 * 20 + 3, 7 * 999 + 3, 11 * 20 + 5, 11 * 999 + 5],
            samples.OrderBy(s => s.Point).Select(s => s.Raw));
        Say(peer, wire, "1, 2, 3, 4");
    }

    private void Write(ModbusBus bus, string peer, string wire)
    {
        Done(bus, new FieldWrite(0, 5, 100, [0]));
        Assert.Equal(0, Registers(bus, 1, 100, 1)[0] & 1);
        Done(bus, new FieldWrite(0, 15, 101, [1, 1, 0, 1, 1, 1, 1, 1, 1]));
        Assert.Equal([0b0111_1011 | 0x80, 1], Registers(bus, 1, 101, 9));
        Done(bus, new FieldWrite(0, 6, 100, [-2]));
        Assert.Equal([0xFF, 0xFE], Registers(bus, 3, 100, 1));
        Done(bus, new FieldWrite(0, 16, 101, [.. Enumerable.Range(0, 123)]));
        Assert.Equal([0, 0, 0, 1, 0, 2], Registers(bus, 3, 101, 3));
        Done(bus, new FieldWrite(0, 6, 300, [0x12]));
        Done(bus, new FieldWrite(0, 22, 300, [0xF2, 0x25]));
        Assert.Equal([0, 0x17], Registers(bus, 3, 300, 1)); // the standard's own example, section 6.16
        var both = Done(bus, new FieldWrite(0, 23, 400, [1, 2, 3]) { ReadBack = new RegisterRange(400, 403) });
        Assert.Equal([1, 2, 3, (7 * 403) + 3], both.Registers);
        Say(peer, wire, "5, 6, 15, 16, 22, 23");

        var refused = bus.Write(new FieldWrite(0, 6, 5000, [1]), Stop);
        Assert.Equal((FieldWriteOutcome.Refused, Reason.IllegalAddress), (refused.Outcome, refused.Reason));
        Assert.Equal(FieldWriteOutcome.NotGranted, bus.Write(new FieldWrite(0, 6, 99, [1]), Stop).Outcome);
        if (wire == "tcp")
            return;
        Done(bus, new FieldWrite(FieldWrite.Everybody, 6, 100, [77]));
        Assert.Equal([0, 77], Registers(bus, 3, 100, 1));
        Say(peer, wire, "broadcast 6");
    }

    private void Ask(ModbusBus bus, string peer, string wire)
    {
        Assert.Equal(Quality.Good, bus.ServerId(Unit, Deadline, Stop, out var id));
        Say(peer, wire, $"17: {Encoding.Latin1.GetString([.. id.Where(b => b is >= 32 and < 127)])}");
        if (peer == Libmodbus)
            return; // libmodbus's server does not know how long a request of function 8 or 43 is

        Assert.Equal(Quality.Good, bus.Loopback(Unit, 0xA537, Deadline, Stop));
        var basic = bus.Identify(Unit, IdentificationLevel.Basic, 0, Deadline, Stop);
        Assert.Equal(Quality.Good, basic.Quality);
        Assert.Equal([(0, "Maker"), (1, "PT-9"), (2, "V2.11")], basic.Objects);
        Assert.Equal([(1, "PT-9")], bus.Identify(Unit, IdentificationLevel.Single, 1, Deadline, Stop).Objects);
        var regular = bus.Identify(Unit, IdentificationLevel.Regular, 0, Deadline, Stop);
        Assert.Equal(Quality.Good, regular.Quality);
        Assert.Contains((3, new string('u', 200)), regular.Objects); // more than one reply holds
        Assert.Contains((4, new string('p', 200)), regular.Objects);
        Say(peer, wire, "8, 43/14");
    }

    private void Say(string peer, string wire, string what) => output.WriteLine($"{peer,-10} {wire,-13} function {what}");

    private static FieldWriteResult Done(ModbusBus bus, FieldWrite write)
    {
        var result = bus.Write(write, Stop);
        Assert.True(result.Outcome == FieldWriteOutcome.Done, $"function {write.Function}: {result}");
        return result;
    }

    private static byte[] Registers(ModbusBus bus, int function, int register, int count)
    {
        var pdu = new byte[Requests.ReadLength];
        Requests.Read(pdu, function, register, count);
        Assert.Equal(Quality.Good, bus.Inquiry.Ask(new Request(Unit, pdu), Deadline, Stop, out var data));
        return data;
    }

    private static List<RawSample> Scan(ModbusBus bus)
    {
        var samples = new List<RawSample>();
        bus.Scan(0, samples, Stop);
        return samples;
    }

    private static OwnBus Bus(string bus)
    {
        (int Function, int Register)[] rows = [(1, 0), (1, 1), (1, 998), (1, 999), (2, 0), (2, 1), (2, 999), (2, 995), (3, 20), (3, 999), (4, 20), (4, 999)];
        var registers = rows.Select((r, i) => $"      - {{ name: v{i}, function: {r.Function}, register: {r.Register}, type: {(r.Function < 3 ? "bit" : "uint16")}, unit: \"1\" }}\n");
        var text = $$"""
            node: { id: en-1, site: test }
            buses:
              field: { {{bus}} }
            devices:
              - id: U17
                bus: field
                address: {{Unit}}
                every: 1s
                timeout: 2s
                writes:
                  - { function: 5, register: 100 }
                  - { function: 15, register: 100..200 }
                  - { function: 6, register: 100..400, values: -100..1000 }
                  - { function: 6, register: 5000, values: 1 }
                  - { function: 16, register: 100..300, values: 0..200 }
                  - { function: 22, register: 300, bits: 0..15 }
                  - { function: 23, register: 400..402, values: 0..9 }
                registers:
            {{string.Concat(registers)}}
            """;
        var result = SiteFile.Parse("site.yaml", Encoding.UTF8.GetBytes(text), Path.GetTempPath(), ProfileCatalog.Empty, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return new OwnBus(ModbusBus.Create(result.Site!, 0, TimeProvider.System, NullLogger.Instance));
    }

    private static async Task<PeerProcess> StartAsync(string peer, TempFolder folder, ImmutableArray<string> how)
    {
        var sources = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(PymodbusField.Script))!, "Interop");
        PeerProcess process;
        if (peer == Libmodbus)
        {
            const string install = "apt-get install clang libmodbus-dev";
            var program = folder.File("libmodbus_peer");
            await using (var compiler = PeerProcess.Start(
                "clang", install, ["-O2", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus", "-o", program, Path.Combine(sources, "libmodbus_peer.c"), "-lmodbus"]))
            {
                if (await compiler.WaitForExitAsync() != 0)
                    throw new InvalidOperationException($"libmodbus_peer.c does not compile ({install}):\n{compiler.Output}");
            }

            process = PeerProcess.Start(program, install, [.. how]);
        }
        else
        {
            process = PeerProcess.Start(
                PymodbusField.Python, "apt-get install python3-pymodbus python3-serial python3-serial-asyncio", [Path.Combine(sources, "pymodbus_peer.py"), .. how]);
        }

        await process.WaitForLineAsync("ready");
        return process;
    }

    private sealed class OwnBus(ModbusBus modbus) : IAsyncDisposable
    {
        public ModbusBus Modbus => modbus;

        public ValueTask DisposeAsync()
        {
            modbus.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
