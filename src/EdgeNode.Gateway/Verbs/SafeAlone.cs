using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;

namespace EdgeNode.Gateway.Verbs;

/// <summary>
/// <c>outputs safe --site</c>: after the death of the gateway the verb opens the lines and the devices itself. It goes by the site file and by
/// the one that the gateway was started with: the first may be broken or changed, and the lines that were driven are those of the second.
/// </summary>
internal static class SafeAlone
{
    private const string NoOutputs = "The site has no outputs.";

    /// <summary>How long a gateway that runs may take to say that it is there, which waits for nothing; one that was stopped by a signal accepts connections and answers none.</summary>
    private static readonly TimeSpan LooksFor = TimeSpan.FromSeconds(1);

    /// <summary>How long one that is there may take to do it: a step, and a slow device.</summary>
    private static readonly TimeSpan AskFor = HandsLimits.Step + TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string path, string data, string[] ids, string why, bool json, CancellationToken stop)
    {
        // The kernel looks for the socket on the data directory's disk as well.
        var socket = await SlowDisk.ReadAsync(() => File.Exists(Path.Combine(data, HandsLimits.FileName))).ConfigureAwait(false);
        JsonElement? byGateway = null;
        IEnumerable<string> driven = [];
        if (socket.Value)
        {
            var (runs, before) = ids.Length > 0 ? (await SlowDisk.ReadAsync(() => (LastSite.Load(data), HeldSite.Load(data))).ConfigureAwait(false)).Value : default;
            var (asked, alone) = SafeDrive.Split(ids, runs, before);
            byGateway = ids.Length > 0 && asked.Length == 0 ? null : await ByGatewayAsync(data, asked, why).ConfigureAwait(false);
            if (byGateway is { } answered && alone.Length == 0)
            {
                return HandCommand.Print(answered, json, NoOutputs);
            }

            // Only where ids were named is it known whose the lines are; a gateway that was killed leaves its socket, and all of its outputs are for this verb.
            if (alone.Length > 0 && (byGateway is not null || asked.Length == 0))
            {
                (ids, driven) = (alone, runs!.Outputs.Select(o => SafeDrive.Place(runs, o.Place)));
            }
        }

        // Beside the site files: whether the keeper hears of a death does not hang on what they lie on.
        var hold = socket.Answered && ids.Length == 0 ? AskKeeperAsync(() => HoldClient.HeldAsync(data, Environment.GetEnvironmentVariable(HoldClient.ServiceResult))) : Task.FromResult(HoldAnswer.None);
        var kept = socket.Answered ? await SlowDisk.ReadAsync(() => (Last: LastSite.Load(data), Held: HeldSite.Load(data))).ConfigureAwait(false) : default;
        if (!kept.Answered)
        {
            await Console.Error.WriteLineAsync($"{Path.Combine(data, LastSite.FileName)} could not be read within {SlowDisk.Wait.TotalSeconds} s, its disk hangs: going by {path} alone.").ConfigureAwait(false);
        }

        var answer = await hold.ConfigureAwait(false);
        Site?[] sites = [SiteReader.LoadToRun(path), kept.Value.Last, kept.Value.Held];
        if (sites is [null, null, null])
        {
            await Console.Error.WriteLineAsync($"Nothing was driven: {path} is wrong, and {Path.Combine(data, LastSite.FileName)} of a gateway that ran before is not there either.").ConfigureAwait(false);
            return Exit.Config;
        }

        if (sites[0] is null)
        {
            await Console.Error.WriteLineAsync($"{path} is wrong: going by {Path.Combine(data, LastSite.FileName)}, with which the gateway ran.").ConfigureAwait(false);
        }

        if (SafeDrive.Unknown(sites, ids) is { } unknown)
        {
            await Console.Error.WriteLineAsync(PlainText.Of(unknown)).ConfigureAwait(false);
            return Exit.Usage;
        }

        if (ids.Length > 0)
        {
            var places = sites.OfType<Site>().SelectMany(s => s.Outputs.Where(o => ids.Contains(o.Id)).Select(o => SafeDrive.Place(s, o.Place))).Distinct().ToList();
            answer = await AskKeeperAsync(() => HoldClient.EndAsync(data, places)).ConfigureAwait(false);
        }

        await TellAsync(answer).ConfigureAwait(false);
        var plans = SafeDrive.Plans(sites, ids, answer.Left.Concat(driven));
        if (answer.Left.Count > 0 && plans.Count == 0)
        {
            return Exit.Done;
        }

        var outcomes = await SafeDrive.DriveAsync(plans, stop).ConfigureAwait(false);
        var exit = Print(outcomes, byGateway, json);
        var writes = await NoteAsync(data, why, outcomes, kept.Answered).ConfigureAwait(false);
        if (writes && answer.Left.Count == 0 && kept.Value.Held is { } held && IsAccountedFor(held, sites[1], ids, outcomes))
        {
            HeldSite.Forget(data);
        }

        return exit;
    }

    /// <summary>For the audit trail, whose writer is the gateway's next run. Last of all: nothing waits for it, and its failure changes nothing.</summary>
    /// <returns>The disk takes what is written: a process that itself waits in the kernel for one that hangs cannot end.</returns>
    private static async Task<bool> NoteAsync(string data, string why, IReadOnlyList<SafeOutcome> outcomes, bool answers)
    {
        if (outcomes.Count == 0)
        {
            return answers;
        }

        var fault = answers ? await SafeNotes.LeaveAsync(data, why, outcomes, new SystemClock(TimeProvider.System, BuildDate.UnixMicroseconds).Read().Wall).ConfigureAwait(false) : "its disk hangs";
        if (fault is not null)
        {
            await Console.Error.WriteLineAsync(PlainText.Of($"This will not stand in the audit trail: {fault}.")).ConfigureAwait(false);
        }

        return fault is null || fault == SafeNotes.TooMany(data);
    }

    /// <summary>The kernel looks for the keeper's socket on the data directory's disk.</summary>
    private static async Task<HoldAnswer> AskKeeperAsync(Func<Task<HoldAnswer>> ask) => (await SlowDisk.ReadAsync(() => ask().GetAwaiter().GetResult()).ConfigureAwait(false)).Value ?? HoldAnswer.None;

    private static async Task TellAsync(HoldAnswer answer)
    {
        if (answer.Ended.Count > 0)
        {
            await Console.Error.WriteLineAsync(PlainText.Of($"The hold of a planned restart ends by this for {string.Join(", ", answer.Ended)}.")).ConfigureAwait(false);
        }

        if (answer.Left.Count > 0)
        {
            await Console.Error.WriteLineAsync($"Left as they are for a planned restart, for the time that the site file grants: {answer.Left.Count} of the outputs.").ConfigureAwait(false);
        }
    }

    /// <summary>Nothing is open any more of a planned restart: all was driven, or at least all that no gateway drives.</summary>
    private static bool IsAccountedFor(Site held, Site? ran, string[] ids, IReadOnlyList<SafeOutcome> outcomes)
    {
        if (ids.Length == 0)
        {
            return outcomes.All(o => o.Result.Done);
        }

        IReadOnlyList<string> open = ran is null ? [] : HeldSite.NotIn(held, ran);
        return open.Count > 0 && open.All(id => outcomes.Any(o => o.Id == id && o.Result.Done));
    }

    /// <summary>The gateway that still runs holds the lines, so it drives; null when there is none, or it does not answer.</summary>
    private static async Task<JsonElement?> ByGatewayAsync(string data, string[] ids, string why)
    {
        var (there, _, silent) = await HandsClient.TryAskAsync(data, j => j.WriteString("do", "outputs.list"), LooksFor).ConfigureAwait(false);
        if (there is null)
        {
            await Console.Error.WriteLineAsync(silent + " Going on without it.").ConfigureAwait(false);
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
        if (answer is null)
        {
            await Console.Error.WriteLineAsync(sentence + " Going on without it.").ConfigureAwait(false);
            return null;
        }

        return answer;
    }

    private static int Print(IReadOnlyList<SafeOutcome> outcomes, JsonElement? byGateway, bool json)
    {
        if (json)
        {
            JsonOutput.Write(j => Write(j, outcomes, byGateway));
        }
        else if (byGateway is null && outcomes.Count == 0)
        {
            Console.WriteLine(NoOutputs);
        }
        else
        {
            if (byGateway is { } answered)
            {
                HandCommand.Print(answered, json, NoOutputs);
            }

            foreach (var o in outcomes)
            {
                Console.WriteLine(PlainText.Of(o.Result.Done
                    ? $"{o.Id}: {o.Position}, its safe state; {(o.Reads is { } reads ? "it reads back " + reads : "it cannot be read back")}{(o.Until is { } until ? "; " + until : "")}."
                    : $"{o.Id}: could not be driven to {o.Position}: {o.Result.Fault}."));
            }
        }

        return !outcomes.All(o => o.Result.Done) ? Exit.Unreachable
            : byGateway is { } a && Exit.Of(a) is not Exit.Done and var exit ? exit
            : outcomes.All(o => o.Reads is null || o.Reads == o.Position) ? Exit.Done : Exit.Failed;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<SafeOutcome> outcomes, JsonElement? byGateway)
    {
        json.WriteBoolean("ok", (byGateway is not { } answered || Exit.Of(answered) == Exit.Done) && outcomes.All(o => o.Result.Done && (o.Reads is null || o.Reads == o.Position)));
        json.WriteStartArray("outputs");
        foreach (var o in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("id", o.Id);
            json.WriteString("position", o.Position);
            json.WriteBoolean("driven", o.Result.Done);
            json.WriteString("readBack", o.Reads);
            if (o.Until is { } until)
            {
                json.WriteString("until", until);
            }

            if (!o.Result.Done)
            {
                json.WriteString("fault", o.Result.Fault);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (byGateway is { } answer)
        {
            json.WritePropertyName("byGateway");
            answer.WriteTo(json);
        }
    }
}
