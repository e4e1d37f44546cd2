using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware.Doctor;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>doctor</c>: the board, the service and the site file, held against each other.</summary>
internal static class DoctorVerb
{
    private const string Unit = "edgenode.service";

    /// <summary>systemctl answers within some 10 ms; where it does not, that is what is told.</summary>
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(5);

    public static Command Make()
    {
        var (site, data, json) = (Options.Site(), Options.Data(), Options.Json());
        var verb = new Command(
            "doctor", "Looks at the board, its kernel and systemd, and says what protects the outputs when the software cannot: what is right, what is wrong and what cannot be known from here, each with its remedy. "
                + "Nothing is driven and no line is taken. Exit code 1 when something is wrong, 78 when it is the site file.")
        {
            site, data, json,
        };
        verb.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(site), parsed.GetRequiredValue(data), parsed.GetValue(json), stop));
        return verb;
    }

    private static async Task<int> RunAsync(string path, string data, bool json, CancellationToken stop)
    {
        if (SiteReader.Load(path) is not { } site)
        {
            return Exit.Config;
        }

        var board = Board.Own();
        bool? isRunning = File.Exists(Path.Combine(data, HandsLimits.FileName)) ? await HandsClient.IsRunningAsync(data).ConfigureAwait(false) : null;
        List<Finding> findings =
        [
            .. OutputChecks.Backstops(site, board),
            .. OutputChecks.Lines(site, board, isRunning),
            .. ServiceChecks.Of(
                Unit, await SystemctlAsync(stop, "show", Unit, "-p", ServiceChecks.UnitProperties).ConfigureAwait(false),
                await SystemctlAsync(stop, "show", "-p", ServiceChecks.ManagerProperties).ConfigureAwait(false), board),
        ];
        if (json)
        {
            WriteJson(findings);
        }
        else
        {
            Print(findings);
        }

        return findings.Exists(f => f.Verdict == Verdict.Wrong) ? Exit.Failed : Exit.Done;
    }

    private static void Print(List<Finding> findings)
    {
        foreach (var f in findings)
        {
            Console.WriteLine(PlainText.Of($"{Word(f.Verdict),-8} {f.Place} {f.Check}: {f.Says}."));
            if (f.Remedy.Length > 0)
            {
                Console.WriteLine(PlainText.Of($"         -> {f.Remedy}."));
            }
        }

        Console.WriteLine($"{Figures.Count(findings.Count, "check")}: {Count(Verdict.Right)} right, {Count(Verdict.Wrong)} wrong, {Count(Verdict.Unknown)} cannot be known from here.");

        int Count(Verdict verdict) => findings.Count(f => f.Verdict == verdict);
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Right => "right",
        Verdict.Wrong => "WRONG",
        _ => "unknown",
    };

    private static void WriteJson(List<Finding> findings) => JsonOutput.Write(json =>
    {
        json.WriteBoolean("ok", !findings.Exists(f => f.Verdict == Verdict.Wrong));
        json.WriteStartArray("findings");
        foreach (var f in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", f.Check);
            json.WriteString("place", f.Place);
            json.WriteString("verdict", Word(f.Verdict).ToLowerInvariant());
            json.WriteString("says", f.Says);
            json.WriteString("remedy", f.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>What systemctl prints; null where there is none, or it fails.</summary>
    private static async Task<string?> SystemctlAsync(CancellationToken stop, params string[] arguments)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(AskFor);
        try
        {
            using var systemctl = Process.Start(new ProcessStartInfo("systemctl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (systemctl is null)
            {
                return null;
            }

            var error = systemctl.StandardError.ReadToEndAsync(patience.Token);
            var said = await systemctl.StandardOutput.ReadToEndAsync(patience.Token).ConfigureAwait(false);
            await error.ConfigureAwait(false);
            await systemctl.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return systemctl.ExitCode == 0 ? said : null;
        }
        catch (Exception e) when (e is Win32Exception || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }
}
