using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// The topics that hold a present state: <c>status</c>, <c>meta</c> and <c>alarm/{id}</c>. They are not in the spool:
/// what counts is the last one, and each session begins with all of them. That nobody listens does not matter, the broker keeps them.
/// </summary>
internal sealed class RetainedTopics(Site site, IStationState state, string root, UplinkSettings settings, ILogger log) : IDisposable
{
    /// <summary>Most that a packet's header takes beside topic and payload.</summary>
    private const int HeaderBytes = 16;

    /// <summary>The id of an alarm that is cleared is a stranger's text.</summary>
    private const int MostTopicText = 300;

    private readonly SiteEncoder _site = new(site);
    private readonly StatusEncoder _statusEncoder = new();
    private readonly Gate _statusGate = new(root + "/status", settings, log);
    private readonly Gate _metaGate = new(root + "/meta", settings, log);
    private readonly Gate _alarmGate = new(root + "/alarm", settings, log);
    private readonly Dictionary<string, int> _alarmIndex = site.Alarms.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i, StringComparer.Ordinal);
    private readonly AlarmStatus[] _present = new AlarmStatus[site.Alarms.Length];
    private readonly AlarmStatus?[] _sent = new AlarmStatus?[site.Alarms.Length];
    private readonly NodeAlarmStatus[] _nodePresent = new NodeAlarmStatus[NodeAlarmIds.Count];
    private readonly NodeAlarmStatus?[] _nodeSent = new NodeAlarmStatus?[NodeAlarmIds.Count];
    private readonly bool[] _nodeHeld = new bool[NodeAlarmIds.Count];
    private readonly Queue<string> _clear = new();
    private readonly HashSet<string> _cleared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tooLarge = new(StringComparer.Ordinal);

    private bool _metaDue;
    private TimeSpan _statusDue;
    private TimeSpan _statusCheck;
    private StatusKey? _statusSent;
    private long _alarmVersion;
    private TimeSpan? _alarmsChangedAt;
    private bool _alarmsToSend;
    private long _maxPacket;

    public void Begin(uint? maximumPacketSize, TimeSpan now)
    {
        _maxPacket = maximumPacketSize ?? long.MaxValue;
        _metaDue = true;
        _statusDue = now;
        _statusSent = null;
        Array.Clear(_sent);
        Array.Clear(_nodeSent);
        _alarmVersion = state.AlarmVersion;
        _alarmsChangedAt = now - settings.AlarmSettle;
        _alarmsToSend = false;
        _clear.Clear();
        _cleared.Clear();
        _statusGate.RetryNow(now);
        _metaGate.RetryNow(now);
        _alarmGate.RetryNow(now);
    }

    /// <summary>The broker holds an alarm; one that the site file no longer has will be cleared.</summary>
    public void Held(string alarmId)
    {
        for (var i = 0; i < NodeAlarmIds.Count; i++)
        {
            if (alarmId == ((NodeAlarm)i).Id())
            {
                _nodeHeld[i] = true;
                _alarmsToSend = true;
                return;
            }
        }

        if (!_alarmIndex.ContainsKey(alarmId) && _cleared.Count < settings.AlarmSweepLimit && _cleared.Add(alarmId))
        {
            _clear.Enqueue(alarmId);
        }
    }

    /// <returns>When to call again if nothing happens before.</returns>
    public TimeSpan Step(TimeSpan now, Func<StationStatus> status, bool eventsIdle, Window window, IPublishPort port)
    {
        var next = StepStatus(now, status, window, port);
        if (_metaDue && May(_metaGate, OutgoingKind.Meta, now, window))
        {
            _metaDue = false;
            var meta = Take(OutgoingKind.Meta, root + "/meta", _metaGate, now, window);
            _site.EncodeMeta(meta.Payload);
            PublishIfItFits(meta, window, port);
        }

        var alarms = StepAlarms(now, eventsIdle, window, port);
        return alarms < next ? alarms.Value : next;
    }

    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        var gate = message.Kind switch
        {
            OutgoingKind.Status => _statusGate,
            OutgoingKind.Meta => _metaGate,
            _ => _alarmGate,
        };
        if (outcome.Verdict == Verdict.Refused)
        {
            gate.Close(outcome, message.Probe, now);
            SendAgain(message);
            return;
        }

        if (message.Probe)
        {
            gate.Open();
        }

        if (message.Kind == OutgoingKind.ClearAlarm)
        {
            log.AlarmCleared(ReasonText.Clean(message.Topic, MostTopicText));
        }
    }

    /// <summary>Says offline, whatever else is in flight: the last word of an orderly stop.</summary>
    public void SayOffline(StationStatus status, TimeSpan now, Window window, IPublishPort port)
    {
        var message = window.Take(OutgoingKind.Status, root + "/status", now);
        _statusEncoder.Encode(status, message.Payload);
        PublishIfItFits(message, window, port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _site.Dispose();
        _statusEncoder.Dispose();
    }

    private static bool May(Gate gate, OutgoingKind kind, TimeSpan now, Window window) =>
        window.RoomForRetained && (gate.IsOpen || (now >= gate.RetryAt && !window.Has(kind)));

    private static Outgoing Take(OutgoingKind kind, string topic, Gate gate, TimeSpan now, Window window)
    {
        var message = window.Take(kind, topic, now);
        message.Probe = !gate.IsOpen;
        return message;
    }

    private string AlarmTopic(string id) => root + "/alarm/" + id;

    private void SendAgain(Outgoing message)
    {
        switch (message.Kind)
        {
            case OutgoingKind.Status:
                _statusDue = _statusGate.RetryAt;
                break;
            case OutgoingKind.Meta:
                _metaDue = true;
                break;
            case OutgoingKind.Alarm:
                Forget(message.Alarm);
                _alarmsChangedAt = _alarmGate.RetryAt - settings.AlarmHold;
                break;
            default:
                _clear.Enqueue(message.Topic[AlarmTopic("").Length..]);
                break;
        }
    }

    private TimeSpan StepStatus(TimeSpan now, Func<StationStatus> read, Window window, IPublishPort port)
    {
        if (now < _statusDue && now < _statusCheck)
        {
            return _statusCheck < _statusDue ? _statusCheck : _statusDue;
        }

        var status = read();
        _statusCheck = now + settings.StatusCheck;
        var key = new StatusKey(status);
        if ((now >= _statusDue || key != _statusSent) && May(_statusGate, OutgoingKind.Status, now, window))
        {
            var message = Take(OutgoingKind.Status, root + "/status", _statusGate, now, window);
            _statusEncoder.Encode(status, message.Payload);
            _statusSent = key;
            _statusDue = now + settings.StatusEvery;
            _alarmsChangedAt ??= now; // qualities change without a transition
            PublishIfItFits(message, window, port);
        }

        return _statusCheck;
    }

    private TimeSpan? StepAlarms(TimeSpan now, bool eventsIdle, Window window, IPublishPort port)
    {
        while (_clear.Count > 0 && May(_alarmGate, OutgoingKind.ClearAlarm, now, window))
        {
            port.Publish(Take(OutgoingKind.ClearAlarm, AlarmTopic(_clear.Dequeue()), _alarmGate, now, window));
        }

        if (state.AlarmVersion is var version && version != _alarmVersion)
        {
            _alarmVersion = version;
            _alarmsChangedAt ??= now;
        }

        if (_alarmsChangedAt is { } changed)
        {
            var due = changed + (eventsIdle ? settings.AlarmSettle : settings.AlarmHold);
            if (now < due)
            {
                return due;
            }

            _alarmsChangedAt = null;
            _alarmsToSend = true;
        }

        if (_alarmsToSend)
        {
            state.CopyAlarms(_present);
            state.CopyNodeAlarms(_nodePresent);
            _alarmsToSend = !(TrySendAlarms(now, window, port) && TrySendNodeAlarms(now, window, port));
        }

        return null;
    }

    private bool TrySendAlarms(TimeSpan now, Window window, IPublishPort port)
    {
        for (var i = 0; i < _present.Length; i++)
        {
            // Before its first reading the station knows nothing of the alarm: what the run before has retained stays.
            if (_sent[i] == _present[i] || _present[i].Quality.Reason == Reason.NotYetRead)
            {
                continue;
            }

            if (!May(_alarmGate, OutgoingKind.Alarm, now, window))
            {
                return false;
            }

            _sent[i] = _present[i];
            var message = Take(OutgoingKind.Alarm, AlarmTopic(site.Alarms[i].Id), _alarmGate, now, window);
            message.Alarm = i;
            _site.EncodeAlarm(site.Alarms[i], _present[i], message.Payload);
            PublishIfItFits(message, window, port);
        }

        return true;
    }

    // Of a fault that never was the broker is told only when it still holds it from a run before.
    private bool TrySendNodeAlarms(TimeSpan now, Window window, IPublishPort port)
    {
        for (var i = 0; i < _nodePresent.Length; i++)
        {
            if (_nodeSent[i] == _nodePresent[i] || !(_nodePresent[i].Active || _nodeHeld[i]))
            {
                continue;
            }

            if (!May(_alarmGate, OutgoingKind.Alarm, now, window))
            {
                return false;
            }

            _nodeHeld[i] = true;
            _nodeSent[i] = _nodePresent[i];
            var message = Take(OutgoingKind.Alarm, AlarmTopic(((NodeAlarm)i).Id()), _alarmGate, now, window);
            message.Alarm = site.Alarms.Length + i;
            _site.EncodeNodeAlarm((NodeAlarm)i, _nodePresent[i], message.Payload);
            PublishIfItFits(message, window, port);
        }

        return true;
    }

    private void Forget(int alarm)
    {
        if (alarm < _sent.Length)
        {
            _sent[alarm] = null;
        }
        else
        {
            _nodeSent[alarm - _sent.Length] = null;
        }
    }

    private void PublishIfItFits(Outgoing message, Window window, IPublishPort port)
    {
        // A broker closes the session on a packet above its limit: what cannot pass must not cost the readings.
        var bytes = message.Payload.Count + message.Topic.Length + HeaderBytes;
        if (bytes <= _maxPacket)
        {
            port.Publish(message);
            return;
        }

        if (_tooLarge.Add(message.Topic))
        {
            log.MessageTooLarge(message.Topic, bytes, _maxPacket);
        }

        window.Return(message);
    }

    /// <summary>What of the status is worth a message of its own when it changes; the depth of the spool is not.</summary>
    private readonly record struct StatusKey(ClockQuality Clock, AppendOutcome Disk, bool NobodyListens, bool Emergency, string Brokers, string Maintenance)
    {
        public StatusKey(StationStatus status)
            : this(status.At.Clock, status.Spool.Disk, status.NobodyListens, status.Emergency, string.Join('|', status.Brokers), KeyOf(status.Maintenance))
        {
        }

        // The end to the minute: two readings of two clocks differ by microseconds.
        private static string KeyOf(MaintenanceStatus? maintenance) =>
            maintenance is { } m ? string.Create(CultureInfo.InvariantCulture, $"{m.By}|{m.Why}|{(m.Until.UnixMicroseconds + 30_000_000) / 60_000_000}") : "";
    }
}
