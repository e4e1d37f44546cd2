using System.Globalization;
using System.Text.Json;
using EdgeNode.Gateway.Hold;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>restart</c> says, while it keeps outputs and at its end.</summary>
/// <param name="offer">What the gateway says of its outputs.</param>
/// <param name="voice">Says it; ended by who made it.</param>
internal sealed class RestartReport(JsonElement offer, PatientVoice voice)
{
    /// <summary>How long the new run is waited for.</summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromSeconds(60);

    private readonly List<Named> _named = [.. offer.GetProperty("outputs").EnumerateArray().Select(o => new Named(o))];
    private bool _stopped;

    /// <summary>What is held, and what goes safe.</summary>
    public void Begins() => _named.ForEach(n => voice.Say(Console.Out, $"{n.Id} {n.Said}."));

    /// <summary>A signal has come.</summary>
    public void GivesUp() => Tell("This verb was told to end: what is still held is made safe now.");

    /// <summary>A person has stopped the service.</summary>
    public void Stopped(string unit)
    {
        _stopped = true;
        Tell($"{unit} was stopped, and systemd will not start it: what is held is made safe now.");
    }

    /// <summary>An output is not known to be safe. Called by the keeper.</summary>
    public void Stands(KeptOutput output) => Tell(Standing(output)
        + $" It is tried again every {HoldKeeper.Again.TotalSeconds} s until that is known. Make sure on the spot; a second Ctrl-C, a second or more after the first, ends this verb and leaves it so.");

    /// <summary>How it went.</summary>
    /// <returns>The exit code.</returns>
    public int Print(HoldKeeper keeper, bool supervised, bool runs, bool json)
    {
        var ends = keeper.Outputs.Select(o => (Output: o, Name: Of(o), After: o.EndedAt - keeper.Since)).ToList();
        if (json)
        {
            Write(ends, runs);
        }
        else
        {
            foreach (var (o, name, after) in ends)
            {
                voice.Say(Console.Out, o.End == HoldEnd.Failed ? Standing(o) : string.Create(CultureInfo.InvariantCulture, $"{o.Output.Id}: {Sentence(o, name)}, after {after.TotalSeconds:0.0} s."));
            }

            voice.Say(Console.Out, runs ? "The gateway runs again."
                : _stopped ? "The gateway was stopped: systemctl start starts it, and all outputs begin safe."
                : supervised ? string.Create(CultureInfo.InvariantCulture, $"The gateway did not come again within {StartWait.TotalSeconds} s: systemctl status edgenode, journalctl -u edgenode.")
                : "The gateway was not started by systemd: whoever started it must start it again.");
        }

        if (ends.Exists(e => e.Output.End == HoldEnd.Failed))
        {
            Tell($"NOT KNOWN TO BE SAFE: {string.Join(", ", ends.Where(e => e.Output.End == HoldEnd.Failed).Select(e => e.Output.Output.Id))}. Make it safe by hand, on the spot. "
                + "Once the device answers: edgenode outputs safe --site FILE --data DIR, or start the gateway, which begins with every output of its site file safe.");
            return Exit.Unreachable;
        }

        return ends.TrueForAll(e => e.Output.End == HoldEnd.Normal) && (runs || !supervised) ? Exit.Done : Exit.Failed;
    }

    private void Write(List<(KeptOutput Output, Named Name, TimeSpan After)> ends, bool runs) => JsonOutput.Write(j =>
    {
        j.WriteBoolean("runs", runs);
        j.WriteStartArray("outputs");
        foreach (var n in _named)
        {
            var (o, _, after) = ends.Find(e => e.Name == n);
            j.WriteStartObject();
            j.WriteString("id", n.Id);
            j.WriteBoolean("held", o is not null);
            if (o is not null)
            {
                j.WriteString("end", Word(o.End));
                j.WriteNumber("after", Math.Round(after.TotalSeconds, 3));
                if (o.End == HoldEnd.Failed)
                {
                    j.WriteString("where", n.Where);
                    j.WriteString("fault", o.Fault);
                    j.WriteString("unsafeSince", Utc(o));
                }
            }

            j.WriteEndObject();
        }

        j.WriteEndArray();
    });

    private string Standing(KeptOutput output) =>
        $"{output.Output.Id} ({Of(output).Where}) is not known to be {Of(output).Safe}, its safe state, since {Utc(output)}: {output.Fault}.";

    private Named Of(KeptOutput output) => _named.Find(n => n.Id == output.Output.Id)!;

    private static string Utc(KeptOutput output) => output.UnsafeSince?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";

    private static string Word(HoldEnd end) => end switch
    {
        HoldEnd.Normal => "normal",
        HoldEnd.SafeByRun => "safe-by-new-run",
        HoldEnd.Failed => "not-safe",
        _ => "safe",
    };

    private static string Sentence(KeptOutput output, Named name) => output.End switch
    {
        HoldEnd.Normal => $"{name.Normal}; the new run has found its causes good",
        HoldEnd.SafeByRun => $"{name.Safe}; the new run has made it safe (edgenode outputs list, edgenode trips list)",
        _ => $"{name.Safe}; no new run looked after it in time, or it ended, and this verb has made it safe",
    };

    private void Tell(string sentence) => voice.Say(Console.Error, sentence);

    /// <summary>What the gateway says of an output.</summary>
    private sealed class Named(JsonElement output)
    {
        public string Id { get; } = output.GetProperty("id").GetString() ?? "";

        public string Where { get; } = output.GetProperty("where").GetString() ?? "";

        public string Normal { get; } = output.GetProperty("normal").GetString() ?? "";

        public string Safe { get; } = output.GetProperty("safe").GetString() ?? "";

        public string Said { get; } = output.GetProperty("said").GetString() ?? "";
    }
}
