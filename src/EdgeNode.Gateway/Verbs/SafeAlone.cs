using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What became of one output.</summary>
/// <param name="Id">Its name in the site file.</param>
/// <param name="Position">Its safe position, in the plant's word.</param>
/// <param name="Result">What the last attempt came to.</param>
/// <param name="Reads">What it reads back, in the plant's word; null when it cannot be read.</param>
internal sealed record SafeOutcome(string Id, string Position, OutputResult Result, string? Reads);

/// <summary>
/// <c>outputs safe --site</c>: after the death of the gateway the verb opens the lines and the devices itself. It goes by the site file and by
/// the one that the gateway was started with: the first may be broken or changed, and the lines that were driven are those of the second.
/// </summary>
internal static class SafeAlone
{
    /// <summary>How long each output is tried for: a line that the kernel is just giving back, a device that misses one request.</summary>
    private static readonly TimeSpan TryFor = TimeSpan.FromSeconds(3);

    /// <summary>The whole, whatever hangs: systemd waits for ExecStopPost before it starts the gateway anew.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>How long a gateway that runs may take to answer; one that was stopped by a signal accepts connections and answers none.</summary>
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(string path, string data, string[] ids, string why, bool json, CancellationToken stop)
    {
        if (await ByGatewayAsync(data, ids, why, json).ConfigureAwait(false) is { } exit)
        {
            return exit;
        }

        var now = SiteReader.LoadToRun(path);
        var before = LastSite.Load(data);
        if (now is null && before is null)
        {
            await Console.Error.WriteLineAsync($"Nothing was driven: {path} is wrong, and {Path.Combine(data, LastSite.FileName)} of a gateway that ran before is not there either.").ConfigureAwait(false);
            return Exit.Config;
        }

        if (now is null)
        {
            await Console.Error.WriteLineAsync($"{path} is wrong: going by {Path.Combine(data, LastSite.FileName)}, with which the gateway ran.").ConfigureAwait(false);
        }

        var plans = Plans(now, before, ids);
        var known = plans.SelectMany(p => p.Outputs.Select(o => p.Site.Outputs[o].Id)).ToHashSet(StringComparer.Ordinal);
        if (Array.Find(ids, id => !known.Contains(id)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no output {unknown}. The outputs are: {string.Join(", ", plans.SelectMany(p => p.Site.Outputs).Select(o => o.Id).Distinct())}.").ConfigureAwait(false);
            return Exit.Usage;
        }

        return Print(await DriveAsync(plans, stop).ConfigureAwait(false), json);
    }

    /// <summary>Drives the outputs of some sites, the buses side by side. The lines are held until the process ends.</summary>
    public static async Task<IReadOnlyList<SafeOutcome>> DriveAsync(IEnumerable<(Site Site, IReadOnlyList<int> Outputs)> plans, CancellationToken stop, IFieldSeams? seams = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Longest);
        var all = new List<Task<SafeOutcome>>();
        foreach (var (site, outputs) in plans)
        {
            var buses = new IFieldBus?[site.Buses.Length];
            foreach (var bus in outputs.Select(o => site.Outputs[o].Place).OfType<RegisterOutput>().Select(p => p.Bus).Distinct())
            {
                buses[bus] = FieldBuses.Create(site, bus, "", new NoTotals(), TimeProvider.System, NullLogger.Instance);
            }

            var ports = OutputPorts.All(site, buses, seams);
            foreach (var bus in outputs.GroupBy(o => site.Outputs[o].Place.Bus))
            {
                all.AddRange(OneBus(site, [.. bus], ports, patience.Token));
            }
        }

        return await Task.WhenAll(all).ConfigureAwait(false);
    }

    /// <summary>A thread for each bus, which the end of the process does not wait for: a hung line keeps no other from its safe state.</summary>
    private static IEnumerable<Task<SafeOutcome>> OneBus(Site site, IReadOnlyList<int> outputs, DrivenPorts ports, CancellationToken stop)
    {
        var ends = outputs.Select(_ => new TaskCompletionSource<SafeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        new Thread(() =>
        {
            for (var i = 0; i < outputs.Count; i++)
            {
                var output = site.Outputs[outputs[i]];
                ends[i].TrySetResult(Outcome(output, Drive(output, ports.Outputs[outputs[i]], stop)));
            }
        })
        { IsBackground = true, Name = "safe " + site.Buses[site.Outputs[outputs[0]].Place.Bus].Id }.Start();
        return ends.Select(async (end, i) =>
        {
            try
            {
                return await end.Task.WaitAsync(Longest + AskFor).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Outcome(site.Outputs[outputs[i]], new OutputResult(false, null, "it hangs"));
            }
        });
    }

    private static OutputResult Drive(OutputOptions output, IOutputPort port, CancellationToken stop)
    {
        var until = TimeProvider.System.Monotonic() + TryFor;
        while (true)
        {
            // The first attempt is made whatever the time is: the last output of a bus full of dead ones has a right to it.
            var result = port.Drive(output.SafeEnergised, stop);
            if (result.Done || TimeProvider.System.Monotonic() >= until || stop.WaitHandle.WaitOne(Pause))
            {
                return result;
            }
        }
    }

    private static SafeOutcome Outcome(OutputOptions output, OutputResult result) =>
        new(output.Id, output.Word(output.SafeEnergised), result, result.ReadBack is { } reads ? output.Word(reads) : null);

    /// <summary>What the site file drives, and what only the gateway's own one drives; a place that both name goes by the site file.</summary>
    private static List<(Site Site, IReadOnlyList<int> Outputs)> Plans(Site? now, Site? before, string[] ids)
    {
        var plans = new List<(Site, IReadOnlyList<int>)>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var site in new[] { now, before }.OfType<Site>())
        {
            var outputs = Enumerable.Range(0, site.Outputs.Length)
                .Where(o => (ids.Length == 0 || ids.Contains(site.Outputs[o].Id)) && taken.Add(Place(site, site.Outputs[o].Place))).ToList();
            if (outputs.Count > 0)
            {
                plans.Add((site, outputs));
            }
        }

        return plans;
    }

    private static string Place(Site site, OutputPlace place) => place switch
    {
        LineOutput line => $"{site.Buses[place.Bus] with { Id = "" }} line {line.Line.Shown}",
        RegisterOutput register => string.Create(CultureInfo.InvariantCulture, $"{site.Buses[place.Bus] with { Id = "" }} unit {((ModbusDeviceOptions)site.Devices[register.Device]).Address} {register.Function}:{register.Register}"),
        _ => place.ToString(),
    };

    /// <summary>The gateway that still runs holds the lines, so it drives; null when there is none, or it does not answer.</summary>
    private static async Task<int?> ByGatewayAsync(string data, string[] ids, string why, bool json)
    {
        if (!File.Exists(Path.Combine(data, HandsLimits.FileName)))
        {
            return null;
        }

        var (answer, _, sentence) = await HandsClient.TryAskAsync(
            data,
            j =>
            {
                j.WriteString("do", "outputs.safe");
                OutputsVerb.WriteSafe(j, ids, why.Length > 0 ? why : "outputs safe --site, while the gateway runs");
            },
            AskFor).ConfigureAwait(false);
        if (answer is not { } a)
        {
            await Console.Error.WriteLineAsync(sentence + " Going on without it.").ConfigureAwait(false);
            return null;
        }

        return HandCommand.Print(a, json, "The site has no outputs.");
    }

    private static int Print(IReadOnlyList<SafeOutcome> outcomes, bool json)
    {
        if (json)
        {
            JsonOutput.Write(j => Write(j, outcomes));
        }
        else if (outcomes.Count == 0)
        {
            Console.WriteLine("The site has no outputs.");
        }
        else
        {
            foreach (var o in outcomes)
            {
                Console.WriteLine(PlainText.Of(o.Result.Done
                    ? $"{o.Id}: {o.Position}, its safe state; {(o.Reads is { } reads ? "it reads back " + reads : "it cannot be read back")}."
                    : $"{o.Id}: could not be driven to {o.Position}: {o.Result.Fault}."));
            }
        }

        return !outcomes.All(o => o.Result.Done) ? Exit.Unreachable
            : outcomes.All(o => o.Reads is null || o.Reads == o.Position) ? Exit.Done : Exit.Failed;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<SafeOutcome> outcomes)
    {
        json.WriteBoolean("ok", outcomes.All(o => o.Result.Done && (o.Reads is null || o.Reads == o.Position)));
        json.WriteStartArray("outputs");
        foreach (var o in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("id", o.Id);
            json.WriteString("position", o.Position);
            json.WriteBoolean("driven", o.Result.Done);
            json.WriteString("readBack", o.Reads);
            if (!o.Result.Done)
            {
                json.WriteString("fault", o.Result.Fault);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
