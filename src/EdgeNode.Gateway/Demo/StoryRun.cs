using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Demo;

/// <summary>Plays the story over the running product, one act after the other; at the first that does not come true it ends.</summary>
/// <param name="stage">What it sees and does.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Called with each line as it is told.</param>
internal sealed class StoryRun(StoryStage stage, TimeProvider time, Action<string> tell)
{
    /// <summary>So long each act stays before the next: to be read.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly List<StoryEntry> _entries = [];
    private volatile string[] _told = [];

    /// <summary>What has been told so far; may be read from any thread.</summary>
    public IReadOnlyList<string> Told => _told;

    /// <summary>Every act came true. Once the run has ended.</summary>
    public bool Held => _entries.Count == StoryScript.Acts.Length && _entries.TrueForAll(e => e.Seen is not null);

    /// <summary>The first act that did not; null when none failed.</summary>
    public StoryEntry? Failed => _entries.Find(e => e.Seen is null);

    /// <summary>Plays to the end, or until it is stopped.</summary>
    public async Task PlayAsync(CancellationToken stop)
    {
        var start = time.Monotonic();
        foreach (var act in StoryScript.Acts)
        {
            Tell(start, act.Text);
            var seen = await SeenAsync(act, stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            _entries.Add(new StoryEntry(act.Id, time.Monotonic() - start, act.Text, seen));
            Tell(start, seen is null ? string.Create(CultureInfo.InvariantCulture, $"  It did not happen within {act.Within.TotalSeconds} s.") : $"  {seen.TrimEnd('.')}.");
            if (seen is null)
            {
                return;
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The acts with their times since the start, and whether all came true.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteBoolean("held", Held);
        json.WriteStartArray("acts");
        foreach (var entry in _entries)
        {
            json.WriteStartObject();
            json.WriteString("act", entry.Id);
            json.WriteNumber("seconds", Math.Round(entry.At.TotalSeconds, 1));
            json.WriteBoolean("held", entry.Seen is not null);
            json.WriteString("told", entry.Text);
            json.WriteString("seen", entry.Seen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private async Task<string?> SeenAsync(StoryAct act, CancellationToken stop)
    {
        var until = time.Monotonic() + act.Within;
        while (!stop.IsCancellationRequested)
        {
            if (await act.Play(stage).ConfigureAwait(false) is { } seen)
            {
                return seen;
            }

            if (time.Monotonic() >= until)
            {
                return null;
            }

            await Task.Delay(act.Every, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    private void Tell(TimeSpan start, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{(time.Monotonic() - start).TotalSeconds,6:0.0} s  {text}");
        _told = [.. _told, line];
        tell(line);
    }
}
