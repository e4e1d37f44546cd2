using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>The platform's bookkeeping: takes messages as they come and knows what is missing. It knows no broker. Safe from any thread.</summary>
internal sealed class TapLedger(bool fromStart)
{
    private const int MaxFindings = 100;
    private const int MaxGaps = 1000;

    /// <summary>Epochs times streams that are followed; the one that came first makes room.</summary>
    private const int MaxStreams = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(StreamKind, Epoch), StreamLedger> _streams = [];
    private readonly Queue<(StreamKind, Epoch)> _streamOrder = new();
    private readonly ContentMemory _contents = new();
    private readonly List<string> _findings = [];
    private readonly Queue<GapNotice> _gaps = new();
    private readonly List<TapReading> _decoded = [];

    private readonly NodeRuns _runs = new();

    private TimeCorrectionNotice? _lastCorrection;
    private bool? _nodeOnline;
    private long? _waiting;
    private long _backlogSinceStatus;
    private long _corrections;
    private long _unsynchronised;
    private long _messages;
    private long _live;
    private long _backlog;
    private long _redelivered;
    private long _conflicts;
    private long _outOfOrder;
    private long _lost;
    private long _events;
    private long _malformed;

    /// <summary>Takes a telemetry message; adds the readings that are new.</summary>
    public void Telemetry(ReadOnlyMemory<byte> payload, List<TapReading> fresh)
    {
        lock (_lock)
        {
            _messages++;
            _decoded.Clear();
            try
            {
                SenmlDecoder.Decode(payload, _decoded);
            }
            catch (FormatException e)
            {
                Malformed(e.Message);
                return;
            }

            foreach (var reading in _decoded)
            {
                if (Take(reading))
                {
                    fresh.Add(reading);
                }
            }
        }
    }

    /// <summary>Takes an event.</summary>
    public void Event(ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            try
            {
                using var document = JsonDocument.Parse(payload);
                var root = document.RootElement;
                var epoch = EpochOf(root);
                var seq = root.GetProperty("seq").GetUInt64();
                var (isNew, inOrder) = Stream(StreamKind.Event, epoch).Take(seq, live: true);
                if (!isNew)
                {
                    return;
                }

                _events++;
                if (!inOrder)
                {
                    _outOfOrder++;
                    Find($"event {epoch} {seq} came after a later one");
                }

                _runs.Heard(epoch);
                if (root.TryGetProperty("gap", out var gap))
                {
                    TakeGap(gap);
                }
                else if (root.TryGetProperty("time-correction", out var correction))
                {
                    TakeCorrection(correction);
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                Malformed("event breaks the contract: " + e.Message);
            }
        }
    }

    /// <summary>Takes a status.</summary>
    public void Status(ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            try
            {
                using var document = JsonDocument.Parse(payload);
                var root = document.RootElement;
                _nodeOnline = root.GetProperty("online").GetBoolean();
                if (root.TryGetProperty("epoch", out var epoch) && Epoch.TryParse(epoch.GetString(), out var run))
                {
                    _runs.Heard(run);
                }

                // The will was made at the connect and says nothing of what waits now.
                if (_nodeOnline == true && root.TryGetProperty("spool", out var spool))
                {
                    _waiting = spool.GetProperty("readings").GetInt64();
                    _backlogSinceStatus = 0;
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                Malformed("status breaks the contract: " + e.Message);
            }
        }
    }

    /// <summary>What is known now.</summary>
    public TapReport Report(bool subscribed, string state)
    {
        lock (_lock)
        {
            var account = new Account(Math.Max(0, (_waiting ?? 0) - _backlogSinceStatus));
            foreach (var ((stream, epoch), ledger) in _streams)
            {
                account.Add(stream, epoch, ledger, lateAfter: stream == StreamKind.Telemetry ? _runs.BacklogPast(epoch) : null);
            }

            account.Close();
            return new TapReport(
                subscribed, state, _nodeOnline, _messages, _live + _backlog, _live, _backlog, _redelivered, _conflicts, _outOfOrder,
                account.Missing, account.Ranges, _lost, [.. _gaps.Select(Closed)], _events, _malformed, [.. _findings])
            {
                Late = account.Late,
                Explained = account.Explained,
                Waiting = _waiting,
                Epoch = _runs.Newest,
                Restarts = _runs.Restarts,
                NewSpools = _runs.NewSpools,
                Unsynchronised = _unsynchronised,
                Corrections = _corrections,
                LastCorrection = _lastCorrection,
            };
        }
    }

    private GapNotice Closed(GapNotice gap)
    {
        if (gap.To is not null || gap.Count == 0 || !_streams.TryGetValue((gap.Stream, gap.Epoch), out var ledger) || ledger.HighestReceived < gap.From)
        {
            return gap;
        }

        return gap with { ClosedBy = ledger.HighestReceived, Absent = ledger.AbsentIn(new Span(gap.From, gap.From + gap.Count - 1)) };
    }

    private bool Take(in TapReading reading)
    {
        var (isNew, inOrder) = Stream(StreamKind.Telemetry, reading.Epoch).Take(reading.Seq, reading.Live);
        if (!isNew)
        {
            if (_contents.Agrees(reading))
            {
                _redelivered++;
            }
            else
            {
                _conflicts++;
                Find($"reading {reading.Epoch} {reading.Seq} ({reading.Name}) came again with other content");
            }

            return false;
        }

        _contents.Remember(reading);
        _runs.Heard(reading.Epoch);
        _unsynchronised += reading.Time.Clock == ClockQuality.Unsynchronised ? 1 : 0;
        if (reading.Live)
        {
            _live++;
        }
        else
        {
            _backlog++;
            _backlogSinceStatus++;
            _runs.Backlog(reading.Epoch, reading.Seq);
        }

        if (!inOrder)
        {
            _outOfOrder++;
            Find($"reading {reading.Epoch} {reading.Seq} ({reading.Name}) came after a later one of the {(reading.Live ? "live" : "backlog")} lane");
        }

        return true;
    }

    private void TakeGap(JsonElement gap)
    {
        var stream = gap.GetProperty("stream").GetString() switch
        {
            "telemetry" => StreamKind.Telemetry,
            "event" => StreamKind.Event,
            var other => throw new FormatException($"a gap in an unknown stream {other}"),
        };
        var epoch = EpochOf(gap);
        var from = gap.GetProperty("from").GetUInt64();
        ulong? to = gap.GetProperty("to") is { ValueKind: JsonValueKind.Number } end ? end.GetUInt64() : null;
        var count = gap.GetProperty(to is null ? "atMost" : "count").GetUInt64();
        var reason = gap.TryGetProperty("reason", out var words) ? words.GetString() ?? "" : "";
        if (to < from || count > to - from + 1 || count > ulong.MaxValue - from)
        {
            throw new FormatException("a gap whose ends and count do not agree");
        }

        if (to is { } last)
        {
            var left = gap.TryGetProperty("left", out var others) ? others.GetUInt64() : 0;
            _lost += Stream(stream, epoch).Explain(from, last, count, left) ? (long)count : 0;
        }
        else if (count > 0)
        {
            Stream(stream, epoch).ExplainOpen(from, from + count - 1);
        }

        if (_gaps.Count == MaxGaps)
        {
            _gaps.Dequeue();
        }

        _gaps.Enqueue(new GapNotice(stream, epoch, from, to, count, reason));
    }

    private void TakeCorrection(JsonElement correction)
    {
        var epochs = correction.GetProperty("epochs").EnumerateArray()
            .Select(e => Epoch.TryParse(e.GetString(), out var epoch) ? epoch : throw new FormatException("the epoch cannot be read"));
        _lastCorrection = new TimeCorrectionNotice(
            correction.GetProperty("boot").GetString() ?? "", [.. epochs], correction.GetProperty("offset").GetDecimal());
        _corrections++;
    }

    private StreamLedger Stream(StreamKind stream, Epoch epoch)
    {
        if (!_streams.TryGetValue((stream, epoch), out var ledger))
        {
            if (_streams.Count == MaxStreams)
            {
                _streams.Remove(_streamOrder.Dequeue());
            }

            ledger = new StreamLedger(fromStart);
            _streams.Add((stream, epoch), ledger);
            _streamOrder.Enqueue((stream, epoch));
        }

        return ledger;
    }

    private static Epoch EpochOf(JsonElement element) =>
        Epoch.TryParse(element.GetProperty("epoch").GetString(), out var epoch) ? epoch : throw new FormatException("the epoch cannot be read");

    private void Malformed(string words)
    {
        _malformed++;
        Find(words);
    }

    private void Find(string words)
    {
        if (_findings.Count < MaxFindings)
        {
            _findings.Add(words);
        }
    }
}
