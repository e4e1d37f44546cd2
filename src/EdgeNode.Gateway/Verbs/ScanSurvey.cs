using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary>A line scanned at one setting after the other, and what there is to say of it.</summary>
/// <param name="Lines">The settings that were asked for, in order.</param>
/// <param name="Addresses">The units.</param>
/// <param name="Timeout">Deadline of each question.</param>
/// <param name="Found">By setting and address; a unit that was found is not asked at the next setting.</param>
/// <param name="Unclear">Settings, and addresses at which something was heard that is no reply.</param>
/// <param name="Late">Replies that came too late, or unasked.</param>
/// <param name="Complete">Every address was asked at every setting.</param>
/// <param name="Fault">A sentence; null when the line could be used.</param>
/// <param name="Took">How long it took.</param>
internal sealed record ScanSurvey(
    IReadOnlyList<BusOptions> Lines, IReadOnlyList<int> Addresses, TimeSpan Timeout, ImmutableArray<FoundUnit> Found, ImmutableArray<(BusOptions Line, int Address)> Unclear,
    long Late, bool Complete, string? Fault, TimeSpan Took)
{
    /// <summary>Fewer units that say the same may well be several of one type.</summary>
    private const int FewestAlike = 8;

    /// <summary>Over TCP every address answers the same: it is one device, which does not look at the unit.</summary>
    public bool IsAlike => Lines[0] is ModbusTcpBusOptions && Addresses.Count >= FewestAlike && Found.Length == Addresses.Count
        && Found.All(u => u.Answer == Found[0].Answer && u.ServerId == Found[0].ServerId && u.Objects.SequenceEqual(Found[0].Objects));

    /// <summary>Scans.</summary>
    public static ScanSurvey Run(
        IReadOnlyList<BusOptions> lines, IReadOnlyList<int> addresses, TimeSpan timeout, IReadOnlyList<DeviceProfile> profiles, TimeProvider time,
        Action<int, string> progress, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var found = ImmutableArray.CreateBuilder<FoundUnit>();
        var unclear = ImmutableArray.CreateBuilder<(BusOptions, int)>();
        var (late, isComplete, fault) = (0L, true, (string?)null);
        for (var i = 0; i < lines.Count && isComplete; i++)
        {
            var line = lines[i];
            var before = 2 * addresses.Count * i;
            var asked = addresses.Except(found.Select(u => u.Address)).ToList();
            var heard = found.Count;
            using var scan = new ModbusScan(line, timeout, profiles, time);
            var report = scan.Run(
                asked,
                step =>
                {
                    heard += step.Found is null ? 0 : 1;
                    progress(before + step.Done, string.Create(CultureInfo.InvariantCulture, $"{ScanText.Setting(line)} unit {step.Address}, {heard} found").TrimStart());
                },
                stop);
            found.AddRange(report.Found);
            unclear.AddRange(report.Unclear.Select(a => (line, a)));
            (late, isComplete) = (late + report.Strays, report.Complete);
            fault = report.Fault is null ? null : Sentence(line, report.Fault);
        }

        return new ScanSurvey(lines, addresses, timeout, found.ToImmutable(), unclear.ToImmutable(), late, isComplete, fault, time.GetElapsedTime(started));
    }

    /// <summary>What a technician should know or do next.</summary>
    public IEnumerable<string> Notes()
    {
        if (Fault is null && !Complete)
        {
            yield return "Ended early: not every address was asked.";
        }

        if (IsAlike)
        {
            yield return "Every address answers alike: this is one device, and it does not look at the unit.";
        }

        if (Fault is null && Complete && Found.IsEmpty)
        {
            var at = Settings.Length > 0 ? " at " + Settings : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"Nobody answered at {Addresses.Count} addresses{at} within {Timeout.TotalMilliseconds:0} ms.")
                + (Lines[0] is ModbusTcpBusOptions
                    ? " Is the address that of a Modbus server, and does a gateway need longer (--timeout 3s)?"
                    : " Check power, the two wires (try them swapped) and the termination; then other rates and formats: --baud 9600,19200 --format 8N1,8E1,8N2.");
        }

        foreach (var group in Unclear.GroupBy(u => u.Line))
        {
            yield return $"Something was heard that is no reply{(ScanText.Setting(group.Key) is { Length: > 0 } setting ? " at " + setting : "")}, when unit {Spans(group.Select(u => u.Address))} was asked."
                + (Lines[0] is ModbusTcpBusOptions ? " Is it Modbus TCP at all?" : " Two units with one address, another rate or format, noise, or an adapter that echoes (--echo) do that.");
        }

        if (Late > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Late} replies came too late or unasked. If a unit is missing, give it more time: --timeout {Math.Ceiling(Timeout.TotalSeconds * 3)}s.");
        }

        if (Found.Select(u => u.Line).Distinct().Count() > 1)
        {
            yield return "The units answer at different settings. A line has one: set them to the same before they share it.";
        }
    }

    /// <summary>Numbers as spans: 1..3, 7.</summary>
    internal static string Spans(IEnumerable<int> numbers)
    {
        var spans = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (spans.Count > 0 && spans[^1].Last == number - 1)
            {
                spans[^1] = (spans[^1].First, number);
            }
            else
            {
                spans.Add((number, number));
            }
        }

        return string.Join(", ", spans.Select(s => s.First == s.Last ? $"{s.First}" : $"{s.First}..{s.Last}"));
    }

    private string Settings => string.Join(", ", Lines.Select(ScanText.Setting).Where(s => s.Length > 0));

    private static string Sentence(BusOptions line, string fault) => $"{ScanText.Peer(line)}: {fault}." + (line is not ModbusRtuBusOptions ? "" : fault switch
    {
        "another program uses the port" => " A gateway that runs, as a rule: stop it for the time of the scan (systemctl stop edgenode), or scan another port.",
        "Permission denied" => " Run it with sudo, or as a user of the port's group (dialout).",
        "No such file or directory" => " `edgenode scan serial` lists the ports that there are.",
        _ => "",
    });
}
