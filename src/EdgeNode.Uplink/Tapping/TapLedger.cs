using System.Collections.Immutable;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>The platform's bookkeeping: takes messages as they come and knows what is missing. It knows no broker. Safe from any thread.</summary>
internal sealed class TapLedger(bool fromStart)
{
    private const int MaxFindings = 100;
    private const int MaxGaps = 1000;
    private const int MaxMissingRanges = 100;

    /// <summary>Epochs times streams that are followed; the one that came first makes room.</summary>
    private const int MaxStreams = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(StreamKind, Epoch), StreamLedger> _streams = [];
    private readonly Queue<(StreamKind, Epoch)> _streamOrder = new();
    private readonly ContentMemory _contents = new();
    private readonly List<string> _findings = [];
    private readonly Queue<GapNotice> _gaps = new();
    private readonly List<TapReading> _decoded = [];

    private bool? _nodeOnline;
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

                if (root.TryGetProperty("gap", out var gap))
                {
                    TakeGap(gap);
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
                _nodeOnline = document.RootElement.GetProperty("online").GetBoolean();
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
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
            long missing = 0;
            var ranges = ImmutableArray.CreateBuilder<MissingRange>();
            foreach (var ((stream, epoch), ledger) in _streams)
            {
                missing += (long)ledger.Forgotten;
                foreach (var (span, count) in ledger.Missing())
                {
                    missing += (long)count;
                    if (ranges.Count < MaxMissingRanges)
                    {
                        ranges.Add(new MissingRange(stream, epoch, span.First, span.Last));
                    }
                }
            }

            return new TapReport(
                subscribed, state, _nodeOnline, _messages, _live + _backlog, _live, _backlog, _redelivered, _conflicts, _outOfOrder,
                missing, ranges.ToImmutable(), _lost, [.. _gaps], _events, _malformed, [.. _findings]);
        }
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
        if (reading.Live)
        {
            _live++;
        }
        else
        {
            _backlog++;
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
        if (to < from)
        {
            throw new FormatException("a gap that ends before it begins");
        }

        if (to is { } whole && gap.TryGetProperty("left", out var left))
        {
            _lost += Stream(stream, epoch).ExplainSome(from, whole, count, left.GetUInt64()) ? (long)count : 0;
        }
        else
        {
            if ((to ?? (count == 0 ? null : from + count - 1)) is { } last)
            {
                Stream(stream, epoch).Explain(from, last);
            }

            _lost += to is null ? 0 : (long)count;
        }

        if (_gaps.Count == MaxGaps)
        {
            _gaps.Dequeue();
        }

        _gaps.Enqueue(new GapNotice(stream, epoch, from, to, count, reason));
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
