using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hold;
using EdgeNode.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What became of one output.</summary>
/// <param name="Id">Its name in the site file.</param>
/// <param name="Position">Its safe position, in the plant's word.</param>
/// <param name="Result">What the last attempt came to.</param>
/// <param name="Reads">What it reads back, in the plant's word; null when it cannot be read.</param>
internal sealed record SafeOutcome(string Id, string Position, OutputResult Result, string? Reads)
{
    /// <summary>What the verb cannot promise beyond its own end; null when there is nothing to say.</summary>
    public string? Until { get; init; }
}

/// <summary>Drives outputs to their safe state without a gateway, the buses side by side, with short deadlines.</summary>
internal static class SafeDrive
{
    /// <summary>How long those that fail at first are tried for: a line that the kernel is just giving back, a device that misses one request.</summary>
    private static readonly TimeSpan TryFor = TimeSpan.FromSeconds(3);

    /// <summary>The whole, whatever hangs: systemd waits for ExecStopPost before it starts the gateway anew.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>After its end, a thread that still hangs is given up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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
                all.AddRange(OneBus(site, [.. bus], ports, buses[bus.Key], patience.Token));
            }
        }

        return await Task.WhenAll(all).ConfigureAwait(false);
    }

    /// <summary>What is wrong with the ids; null when the outputs of the site files have them all.</summary>
    public static string? Unknown(IEnumerable<Site?> sites, string[] ids)
    {
        var known = sites.OfType<Site>().SelectMany(s => s.Outputs).Select(o => o.Id).Distinct().ToList();
        return Array.Find(ids, id => !known.Contains(id)) is not { } unknown ? null
            : known.Count == 0 ? $"There is no output {unknown}: the site has no outputs." : $"There is no output {unknown}; expected {string.Join(", ", known)}.";
    }

    /// <summary>A thread for each bus, which the end of the process does not wait for: a hung line keeps no other from its safe state.</summary>
    private static IEnumerable<Task<SafeOutcome>> OneBus(Site site, IReadOnlyList<int> outputs, DrivenPorts ports, IFieldBus? bus, CancellationToken stop)
    {
        var ends = outputs.Select(_ => new TaskCompletionSource<SafeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        new Thread(() =>
        {
            // All once before any is tried again: the last output of a bus full of dead ones has a right to its turn.
            var last = new OutputResult[outputs.Count];
            var left = Enumerable.Range(0, outputs.Count).ToList();
            TimeSpan? until = null;
            do
            {
                left.ForEach(i => last[i] = Attempt(() => ports.Outputs[outputs[i]].Drive(site.Outputs[outputs[i]].SafeEnergised, null, stop)));

                // Only now, since a read-back costs a timeout as well.
                left.RemoveAll(i => last[i].Done && ends[i].TrySetResult(Outcome(site.Outputs[outputs[i]], ReadBack(site.Outputs[outputs[i]], ports.Outputs[outputs[i]], last[i], stop))));
                until ??= TimeProvider.System.Monotonic() + TryFor;
            }
            while (left.Count > 0 && TimeProvider.System.Monotonic() < until && !stop.WaitHandle.WaitOne(Pause));
            foreach (var i in left)
            {
                ends[i].TrySetResult(Outcome(site.Outputs[outputs[i]], last[i]));
            }

            // A serial line is for one at a time: whoever tries again later opens it anew. A GPIO line is held until the process ends.
            bus?.Dispose();
        })
        { IsBackground = true, Name = "safe " + site.Buses[site.Outputs[outputs[0]].Place.Bus].Id }.Start();
        return ends.Select(async (end, i) =>
        {
            try
            {
                return await end.Task.WaitAsync(Longest + Grace).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Outcome(site.Outputs[outputs[i]], new OutputResult(false, null, "it hangs"));
            }
        });
    }

    private static OutputResult ReadBack(OutputOptions output, IOutputPort port, OutputResult driven, CancellationToken stop)
    {
        using var never = new Withdrawal(static () => false);
        return driven.IsUnread && Attempt(() => new OutputResult(true, port.ReadBack(output.SafeEnergised, never, stop), "")) is { Done: true } read ? read : driven;
    }

    private static OutputResult Attempt(Func<OutputResult> attempt)
    {
        try
        {
            return attempt();
        }
#pragma warning disable CA1031 // An exception on this thread would end the process, and leave the outputs of all buses where they stand.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new OutputResult(false, null, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static SafeOutcome Outcome(OutputOptions output, OutputResult result) =>
        new(output.Id, output.Word(output.SafeEnergised), result, result.ReadBack is { } reads ? output.Word(reads) : null)
        {
            Until = !output.SafeEnergised || !result.Done ? null
                : output.Place is LineOutput ? "this state needs energy, and the verb holds the line only until it ends; then the kernel and the pull decide"
                : output.Place is RegisterOutput { DeviceWatchdog: { } watchdog } ? string.Create(CultureInfo.InvariantCulture, $"this state needs energy, and nobody asks the device any more: its watchdog acts after {watchdog.TotalSeconds:0.###} s")
                : "this state needs energy, and nobody drives it any more",
        };

    /// <summary>What the first site file drives, and what only a later one drives; a place that two of them name goes by the first.</summary>
    /// <param name="sites">The site file, the gateway's own, that of a planned restart that is not accounted for; null for one that is not there.</param>
    /// <param name="ids">Those that are meant; none for all.</param>
    /// <param name="held">Places that a planned restart holds: they are left alone.</param>
    public static List<(Site Site, IReadOnlyList<int> Outputs)> Plans(IEnumerable<Site?> sites, string[] ids, IEnumerable<string>? held = null)
    {
        var plans = new List<(Site, IReadOnlyList<int>)>();
        var taken = new HashSet<string>(held ?? [], StringComparer.Ordinal);
        foreach (var site in sites.OfType<Site>())
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

    /// <summary>Whom a person's ids concern while a gateway runs: that gateway; and, where a planned restart has left open what it does not drive, this process. One that was moved in the site file meanwhile concerns both.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="runs">What the gateway runs with; null when it is not known.</param>
    /// <param name="held">What ran before the restart; null when nothing is left of it.</param>
    public static (string[] Gateway, string[] Alone) Split(string[] ids, Site? runs, Site? held)
    {
        IReadOnlyList<string> open = runs is null || held is null ? [] : HeldSite.NotIn(held, runs);
        return ([.. ids.Where(id => !open.Contains(id) || runs!.Outputs.Any(o => o.Id == id))], [.. ids.Where(open.Contains)]);
    }

    /// <summary>Where something is driven, whatever the site file calls the bus.</summary>
    public static string Place(Site site, OutputPlace place) => place switch
    {
        LineOutput line => $"{site.Buses[place.Bus] with { Id = "" }} line {line.Line.Shown}",
        RegisterOutput register => string.Create(CultureInfo.InvariantCulture, $"{site.Buses[place.Bus] with { Id = "" }} unit {((ModbusDeviceOptions)site.Devices[register.Device]).Address} {register.Function}:{register.Register}"),
        _ => place.ToString(),
    };
}
