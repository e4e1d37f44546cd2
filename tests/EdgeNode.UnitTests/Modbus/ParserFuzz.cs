using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// Honest replies, damaged from a seed: bits turned, bytes lost, doubled and put in, lengths that lie, frames cut, spliced and of others.
/// Each goes through the product's framer and reply parser in pieces, and a judge that shares no code with them says what may come out.
/// </summary>
internal sealed class ParserFuzz(int seed, ParserFuzz.Parse? parse = null)
{
    /// <summary>A reply parser; another than the product's for the negative control.</summary>
    public delegate PduKind Parse(ReadOnlySpan<byte> pdu, scoped in Request request, out ReadOnlySpan<byte> data);

    private static readonly byte[] Functions = [1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 22, 23, 43, 0x42];

    private readonly Random _random = new(seed);
    private readonly MbapFramer _mbap = new();
    private readonly RtuFramer _rtu = new();
    private readonly byte[] _request = new byte[Pdu.MaxLength];
    private readonly byte[] _stream = new byte[2048];
    private int _length;

    /// <summary>Frames that were damaged and fed.</summary>
    public long Frames { get; private set; }

    /// <summary>Replies that came through as good, and were.</summary>
    public long Good { get; private set; }

    /// <summary>Frames that the framers gave.</summary>
    public long Found { get; private set; }

    /// <summary>RTU frames whose check sum fits by chance; nobody can tell, and one in 65536 is to be expected.</summary>
    public long Chance { get; private set; }

    /// <summary>Good replies that the judge does not know of.</summary>
    public List<string> Wrong { get; } = [];

    public void Run(long frames)
    {
        while (Frames < frames && Wrong.Count < 10)
        {
            var function = Functions[_random.Next(Functions.Length)];
            var pdu = Ask(function);
            var vendor = function == 0x42 ? 1 + _random.Next(8) : 0;
            var unit = (byte)(1 + _random.Next(247));
            if (_random.Next(2) == 0)
                Tcp(new Request(unit, pdu, vendor));
            else
                Serial(new Request(unit, pdu, vendor));
        }
    }

    private ReadOnlySpan<byte> Ask(byte function)
    {
        var (register, few) = (_random.Next(60000), 1 + _random.Next(120));
        var length = function switch
        {
            <= 4 => Requests.Read(_request, function, register, few),
            5 => Requests.WriteCoil(_request, register, (few & 1) == 0),
            6 => Requests.WriteRegister(_request, register, (ushort)few),
            8 => Requests.Loopback(_request, (ushort)register),
            15 => Requests.WriteCoils(_request, register, new bool[few]),
            16 => Requests.WriteRegisters(_request, register, new ushort[few]),
            17 => Requests.ServerId(_request),
            22 => Requests.MaskWrite(_request, register, 0xF2, (ushort)few),
            23 => Requests.ReadWrite(_request, register, few, register, new ushort[1 + (few / 2)]),
            43 => Requests.Identification(_request, 1 + (few % 4), 0),
            _ => 1,
        };
        if (function == 0x42)
            _request[0] = function;
        return _request.AsSpan(0, length);
    }

    /// <summary>The reply of a device in order.</summary>
    private byte[] Reply(scoped in Request request)
    {
        var function = request.Function;
        if (_random.Next(16) == 0)
            return [(byte)(function | 0x80), (byte)_random.Next(256)];
        byte[] body;
        switch (function)
        {
            case 5 or 6 or 8 or 22:
                return request.Pdu.ToArray();
            case 15 or 16:
                return request.Pdu[..5].ToArray();
            case 43:
                body = Random(_random.Next(40));
                return [43, 14, request.Pdu[2], 1, 0, 0, 2, 0, (byte)body.Length, .. body, 1, 2, 65, 66];
            case 0x42:
                return [0x42, .. Random(request.ReplyLength - 1)];
            default:
                body = Random(function == 17 ? 1 + _random.Next(60) : Data(request));
                return [function, (byte)body.Length, .. body];
        }
    }

    private static int Data(scoped in Request request)
    {
        var count = (request.Pdu[3] << 8) + request.Pdu[4];
        return request.Function <= 2 ? (count + 7) / 8 : 2 * count;
    }

    private byte[] Random(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_stream.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Damages what stands from a place on.</summary>
    private void Damage(int from)
    {
        var span = _length - from;
        for (var times = _random.Next(4); times > 0 && span > 0; times--)
        {
            var at = from + _random.Next(span);
            switch (_random.Next(6))
            {
                case 0 or 1:
                    _stream[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 2:
                    _stream[at] = (byte)_random.Next(256);
                    break;
                case 3:
                    _stream.AsSpan((at + 1).._length).CopyTo(_stream.AsSpan(at));
                    _length--;
                    break;
                case 4:
                    _stream.AsSpan(at.._length).CopyTo(_stream.AsSpan(at + 1));
                    _length++;
                    break;
                default:
                    _length = at;
                    break;
            }

            span = _length - from;
        }
    }

    private void Tcp(scoped in Request request)
    {
        _mbap.Reset();
        _length = 0;
        for (var frames = 1 + _random.Next(3); frames > 0; frames--)
        {
            var start = _length;
            var pdu = Reply(request);
            Put([0, (byte)_random.Next(2), 0, 0, (byte)((pdu.Length + 1) >> 8), (byte)(pdu.Length + 1), request.Unit, .. pdu]);
            Damage(start);
            Frames++;
        }

        var (fed, at) = (0, 0);
        while (fed < _length)
        {
            var free = _mbap.Free();
            var size = Math.Min(Math.Min(1 + _random.Next(300), free.Length), _length - fed);
            _stream.AsSpan(fed, size).CopyTo(free);
            _mbap.Added(size);
            fed += size;
            while (_mbap.Next(out var frame) is var state && state != FramerState.Incomplete)
            {
                if (state == FramerState.Broken)
                    return;
                Found++;

                // The judge: the next frame of the stream as its header says it.
                var length = (_stream[at + 4] << 8) + _stream[at + 5];
                var whole = _stream.AsSpan(at, 6 + length);
                at += whole.Length;
                if (at > fed || whole[6] != frame.Unit || !whole[7..].SequenceEqual(frame.Pdu))
                    Wrong.Add($"frame {Convert.ToHexString(whole)} came as {Convert.ToHexString(frame.Pdu)}");
                if (frame.Unit == request.Unit)
                    Judge(frame.Pdu, request);
            }
        }
    }

    private void Serial(scoped in Request request)
    {
        _rtu.Reset();
        _rtu.Await(request);
        _length = 0;
        var honest = new List<byte[]>();
        for (var frames = 1 + _random.Next(3); frames > 0; frames--)
        {
            var start = _length;
            var frame = Rtu.Frame(_random.Next(8) == 0 ? _random.Next(256) : request.Unit, Reply(request));
            honest.Add(frame);
            Put(frame);
            Damage(start);
            Frames++;
        }

        var fed = 0;
        while (fed < _length)
        {
            var free = _rtu.Free();
            var size = Math.Min(Math.Min(1 + _random.Next(256), free.Length), _length - fed);
            _stream.AsSpan(fed, size).CopyTo(free);
            _rtu.Added(size);
            fed += size;
            var most = size + RtuFramer.MaxFrame;
            while (_rtu.Next(out var frame))
            {
                Found++;
                byte[] whole = Rtu.Frame(frame.Unit, frame.Pdu.ToArray());
                if (--most < 0 || _stream.AsSpan(0, fed).IndexOf(whole) < 0)
                    Wrong.Add($"frame {Convert.ToHexString(whole)} was not in the stream");
                if (frame.Unit == request.Unit && Judge(frame.Pdu, request) && !honest.Any(h => h.AsSpan().SequenceEqual(whole)))
                    Chance++;
            }
        }

        _rtu.Silence(request, [request.Unit, .. request.Pdu, 0, 0], (seed & 1) == 1);
    }

    /// <summary>What the product takes for good must be exactly what the standard allows as the answer to the request.</summary>
    private bool Judge(ReadOnlySpan<byte> pdu, scoped in Request request)
    {
        ReadOnlySpan<byte> data;
        var kind = parse is null ? Pdu.ReadReply(pdu, request, out data, out _, out _) : parse(pdu, request, out data);
        var expected = Allowed(pdu, request, out var skip);
        if (kind != expected || (kind == PduKind.Answer ? !data.SequenceEqual(pdu[skip..]) : !data.IsEmpty))
            Wrong.Add($"{Convert.ToHexString(pdu)} to {Convert.ToHexString(request.Pdu)}: expected {expected}, came {kind} {Convert.ToHexString(data)}");
        if (kind == PduKind.Answer)
            Good++;
        return kind == PduKind.Answer;
    }

    private static PduKind Allowed(ReadOnlySpan<byte> pdu, scoped in Request request, out int skip)
    {
        var function = request.Function;
        skip = function is <= 4 or 17 or 23 ? 2 : 1;
        if (pdu.Length == 2 && pdu[0] == function + 128)
            return PduKind.Exception;
        if (pdu.Length == 0 || pdu[0] != function)
            return PduKind.Wrong;
        var fits = function switch
        {
            5 or 6 or 8 or 22 => pdu.SequenceEqual(request.Pdu),
            15 or 16 => pdu.SequenceEqual(request.Pdu[..5]),
            17 => pdu.Length > 1 && pdu.Length == 2 + pdu[1],
            43 => pdu.Length >= 7 && pdu[1] == 14 && pdu[2] == request.Pdu[2] && Objects(pdu[7..], pdu[6]),
            0x42 => pdu.Length == request.ReplyLength,
            _ => pdu.Length > 1 && pdu[1] == Data(request) && pdu.Length == 2 + Data(request),
        };
        return fits ? PduKind.Answer : PduKind.Wrong;
    }

    private static bool Objects(ReadOnlySpan<byte> bytes, int count)
    {
        if (count == 0)
            return bytes.IsEmpty;
        return bytes.Length >= 2 && bytes.Length >= 2 + bytes[1] && Objects(bytes[(2 + bytes[1])..], count - 1);
    }
}
