using System.CommandLine;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>scan modbus</c>: who answers on a serial line or behind an address.</summary>
internal static class ScanModbusVerb
{
    private static readonly TimeSpan SerialTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan TcpTimeout = TimeSpan.FromSeconds(1);

    public static Command Make()
    {
        var port = new Option<string?>("--port") { Description = "A serial port; `edgenode scan serial` lists them.", HelpName = "DEVICE" };
        var tcp = ScanOptions.Address("--tcp", "A Modbus TCP server or gateway.");
        var server = ScanOptions.Address("--rtu-over-tcp", "A serial server that passes RTU frames on.");
        var baud = ScanOptions.Baud();
        var format = ScanOptions.Format();
        var addresses = ScanOptions.Addresses();
        var timeout = Options.Span("--timeout", "How long each unit may take to answer. Default: 300ms on a serial line, 1s over TCP.");
        var echo = new Option<bool>("--echo") { Description = "The adapter hears what it sends itself." };
        var rs485 = new Option<bool>("--rs485") { Description = "The port's driver switches the RS485 transceiver (TIOCSRS485)." };
        var write = ScanOptions.WriteSite();
        var json = Options.Json();
        var verb = new Command(
            "modbus",
            "Asks each address for register 0 (function 3, then 4), and whoever answers, by an exception too, who it is: function 43, then 17, then the register "
            + "by which a profile knows its device. It only reads. Give one of --port, --tcp and --rtu-over-tcp. Ctrl-C ends it with what was found.")
        {
            port, tcp, server, baud, format, addresses, timeout, echo, rs485, write, json,
        };
        verb.Validators.Add(result =>
        {
            if (new Option[] { port, tcp, server }.Count(o => result.GetResult(o) is { Implicit: false }) != 1)
            {
                result.AddError("scan modbus needs one line: --port DEVICE, --tcp HOST:PORT or --rtu-over-tcp HOST:PORT. `edgenode scan serial` lists the serial ports.");
            }
            else if (result.GetResult(tcp) is { Implicit: false } && ((Option[])[baud, format, echo, rs485]).Any(o => result.GetResult(o) is { Implicit: false }))
            {
                result.AddError("--baud, --format, --echo and --rs485 are of serial lines, and --tcp has none: leave them out, or use --rtu-over-tcp.");
            }
            else if (result.GetResult(server) is { Implicit: false } && ((Option[])[format, rs485]).Any(o => result.GetResult(o) is { Implicit: false }))
            {
                result.AddError("--format and --rs485 are set in the serial server itself: leave them out.");
            }
        });
        verb.SetAction(parsed =>
        {
            var lines = Lines(
                parsed.GetValue(port), parsed.GetValue(tcp), parsed.GetValue(server), Or(parsed.GetValue(baud), 9600), Or(parsed.GetValue(format), SerialFormat.NoParity),
                parsed.GetValue(echo), parsed.GetValue(rs485));
            var isTcp = lines[0] is ModbusTcpBusOptions;
            int[] all = Or(parsed.GetValue(addresses), [.. Enumerable.Range(1, 247), .. isTcp ? (int[])[255] : []]);
            if (!isTcp && (all[0] < 1 || all[^1] > 247))
            {
                Console.Error.WriteLine("On a serial line --addresses are 1 to 247: 0 is a write to everybody, and those above 247 are reserved. See edgenode scan modbus --help.");
                return Exit.Usage;
            }

            return Run(lines, all, parsed.GetValue(timeout) ?? (lines[0] is ModbusRtuBusOptions ? SerialTimeout : TcpTimeout), parsed.GetValue(write), parsed.GetValue(json));
        });
        return verb;
    }

    private static T[] Or<T>(T[]? given, params T[] otherwise) => given is { Length: > 0 } ? given : otherwise;

    private static BusOptions[] Lines(
        string? port, (string Host, int Port)? tcp, (string Host, int Port)? server, int[] rates, SerialFormat[] formats, bool echo, bool rs485)
    {
        if (tcp is { } direct)
        {
            return [new ModbusTcpBusOptions("scan", direct.Host, direct.Port, TimeSpan.Zero, TimeSpan.Zero, false)];
        }

        if (server is { } through)
        {
            // Its rate is set in the serial server; here only the silences follow from it.
            return [.. rates.Select(r => new ModbusRtuOverTcpBusOptions("scan", through.Host, through.Port, r, TimeSpan.Zero, TimeSpan.Zero, echo))];
        }

        return [.. rates.SelectMany(_ => formats, (r, f) => new ModbusRtuBusOptions("scan", port!, r, f, TimeSpan.Zero, echo) { Rs485 = rs485 })];
    }

    private static int Run(BusOptions[] lines, int[] addresses, TimeSpan timeout, string? path, bool json)
    {
        if (ScanSite.Obstacle(path) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return Exit.Failed;
        }

        using var termination = new Termination();
        var profiles = SiteReader.Profiles.Names.Select(n => SiteReader.Profiles.Find(n)!).Where(p => !p.Identities.IsEmpty).ToList();
        var survey = ScanProgress.Run(
            2 * addresses.Length * lines.Length, progress => ScanSurvey.Run(lines, addresses, timeout, profiles, TimeProvider.System, progress, termination.Token));
        if (json)
        {
            ScanModbusReport.WriteJson(survey);
        }
        else
        {
            ScanModbusReport.Show(survey);
        }

        var isWritten = true;
        if (path is not null && survey.Found.Length > 0)
        {
            var port = lines[0] is ModbusRtuBusOptions rtu ? new SerialScan("/").Stable(rtu.Port) : null;
            isWritten = ScanDraft.Of(survey.Found, port, survey.IsAlike).Write(path);
        }
        else if (path is not null)
        {
            Console.Error.WriteLine($"Nothing was found, so {path} was not written.");
        }

        return survey.Fault is not null || survey.Found.IsEmpty ? Exit.Unreachable : isWritten ? Exit.Done : Exit.Failed;
    }
}
