using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool;
using EdgeNode.Spool.Audit;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Gateway;

/// <summary>What the node itself enters into its audit trail: starts, stops, another revision, damage.</summary>
internal sealed class NodeAudit : IDisposable
{
    private const int MostDamagesNamed = 5;

    /// <summary>How long a stop waits for its own entry, so that the entry's anchor still goes to the spool.</summary>
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly AuditTrail _trail;
    private readonly Site _site;
    private readonly IStationClock _clock;
    private readonly string _data;
    private readonly Action<Exception> _died;
    private volatile bool _started;
    private volatile bool _stopping;

    /// <param name="site">The site.</param>
    /// <param name="data">Directory of all that the node keeps.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="alarms">Where a trail that does not hold is told.</param>
    /// <param name="queue">Takes the anchors as events.</param>
    /// <param name="died">Called when the trail's thread ended by a programming error.</param>
    public NodeAudit(Site site, string data, IStationClock clock, INodeAlarms alarms, RecorderQueue queue, Action<Exception> died)
    {
        _site = site;
        _clock = clock;
        (_data, _died) = (data, died);
        _trail = new AuditTrail(new LinuxDisk(), Path.Combine(data, "audit"), new AuditOptions(), clock, alarms, queue.Put) { Died = died };
    }

    /// <summary>For the other parts of the node.</summary>
    public IAudit Trail => _trail;

    /// <summary>Starts the trail's thread; nothing waits for it.</summary>
    public void Start()
    {
        _trail.Start();
        _ = EnterNotesAsync();
    }

    /// <summary>The spool is open, so it is known how the run before ended.</summary>
    public void Started(RecoveryReport spool)
    {
        ArgumentNullException.ThrowIfNull(spool);
        AddStart(spool);
        if (spool.Damages.Count > 0 || spool.Quarantined.Count > 0)
        {
            Add(AuditKind.SpoolDamage, json =>
            {
                json.WriteNumber("damages", spool.Damages.Count);
                json.WriteNumber("missing", spool.RecordsMissing);
                Names(json, "quarantined", spool.Quarantined);
                Names(json, "places", [.. spool.Damages.Take(MostDamagesNamed).Select(d => FormattableString.Invariant($"{d.File} at {d.Offset}: {d.What}"))]);
            });
        }

        // The trail may never open; what hangs on it hangs alone.
        _ = CompareRevisionAsync();
    }

    /// <summary>The state store was damaged when it was loaded.</summary>
    public void StateDamaged(string fault) => Add(AuditKind.StateDamage, json => json.WriteString("detail", fault));

    /// <summary>An orderly stop begins. Whether it ended well is what the next start says.</summary>
    public async Task StopsAsync()
    {
        _stopping = true;
        if (!_started)
        {
            AddStart(null);
        }

        Add(AuditKind.Stop, static _ => { });
        var until = _clock.Read().Monotonic + StopWait;
        while (!_trail.IsIdle && _clock.Read().Monotonic < until)
        {
            await Task.Delay(Look).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what waits; with a hung disk it does not come back.</summary>
    public void Dispose()
    {
        _stopping = true;
        _trail.Dispose();
    }

    private void AddStart(RecoveryReport? spool)
    {
        _started = true;
        Add(AuditKind.Start, json =>
        {
            json.WriteString("version", CommandLine.Version);
            json.WriteString("revision", _site.Revision);
            json.WriteString("boot", _clock.BootId);
            if (spool is not null)
            {
                json.WriteString("epoch", spool.Epoch.ToString());
                json.WriteBoolean("clean", spool.CleanStop);
                json.WriteBoolean("sameBoot", spool.SameBoot);
            }
            else
            {
                json.WriteNull("epoch");
            }
        });
    }

    private async Task CompareRevisionAsync()
    {
        try
        {
            var opening = await _trail.Opened.ConfigureAwait(false);
            if (opening.LastRevision is { } before && before != _site.Revision)
            {
                Add(AuditKind.Revision, json =>
                {
                    json.WriteString("from", before);
                    json.WriteString("to", _site.Revision);
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The node ended before its trail could be opened.
        }
    }

    /// <summary>What <c>outputs safe</c> did while no gateway ran.</summary>
    private async Task EnterNotesAsync()
    {
        try
        {
            await _trail.Opened.ConfigureAwait(false);
            await SafeNotes.EnterAsync(_data, _trail, () => _trail.IsIdle, () => _stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The node ended before its trail could be opened.
        }
#pragma warning disable CA1031 // Nobody awaits this: a programming error is told, as of the trail's own thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _died(e);
        }
    }

    private void Add(string what, Action<Utf8JsonWriter> members) => _trail.Add(AuditWho.System, what, members);

    private static void Names(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
