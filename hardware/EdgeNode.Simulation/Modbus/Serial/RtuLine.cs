namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>
/// One pair of wires with its devices, character by character: each is on the line for 11 bits over the baud rate, a frame ends with 3.5 characters of
/// silence, and characters that are on the line at the same time spoil each other. It has no clock and no port: whoever has one tells the time.
/// </summary>
/// <remarks>One thread at a time, but for the counters and <see cref="ErrorRate"/>. Written from Modbus over serial line V1.02, apart from the gateway's own codec.</remarks>
public sealed class RtuLine
{
    private const int Master = -1;

    private readonly SerialLineOptions _options;
    private readonly SlowUnits _units;
    private readonly Random _random;
    private readonly TimeSpan[] _isBusyUntil = new TimeSpan[256];
    private readonly long[] _requests = new long[256];

    // What is on the line or will be, in the order in which it ends.
    private readonly List<Character> _coming = [];
    private readonly Queue<byte> _arrived = [];

    // What has been heard since the last silence. Only what the master alone has said is a request.
    private readonly List<byte> _frame = [];
    private bool _isOpen;
    private bool _isMasters;
    private bool _isMixed;
    private TimeSpan _lastHeard = TimeSpan.MinValue;

    private TimeSpan _masterIsFree = TimeSpan.MinValue;
    private long _characters;
    private long _crowded;
    private double _errorRate;

    /// <summary>A line at rest.</summary>
    /// <param name="units">The devices; each address once, 1 to 247.</param>
    /// <param name="options">The line.</param>
    /// <param name="seed">Of everything that is random: noise, spoilt characters.</param>
    public RtuLine(IEnumerable<FieldUnit> units, SerialLineOptions options, int seed = 0)
    {
        _options = options;
        _random = new Random(seed);
        _units = new SlowUnits(units, _random);
    }

    /// <summary>Share of the characters that arrive spoilt, in both directions; 0 to 1. May be set from any thread.</summary>
    public double ErrorRate
    {
        get => Volatile.Read(ref _errorRate);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 0);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            Volatile.Write(ref _errorRate, value);
        }
    }

    /// <summary>How long somebody has been talking on the line since the start: each character for its own time.</summary>
    public TimeSpan Busy => _options.Character * Interlocked.Read(ref _characters);

    /// <summary>Requests that began before 3.5 characters of silence had passed since a device's last character. No device understands them.</summary>
    public long Crowded => Interlocked.Read(ref _crowded);

    /// <summary>When something happens next: a character or a frame ends; null while the line is at rest.</summary>
    public TimeSpan? NextDue => _coming.Count > 0 && (!_isOpen || _coming[0].Start < FrameEnds) ? _coming[0].End : _isOpen ? FrameEnds : null;

    private TimeSpan FrameEnds => _lastHeard + _options.Gap;

    /// <summary>The device with this address.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FieldUnit Unit(byte address) => _units[address] ?? throw new ArgumentException($"There is no unit {address} here.", nameof(address));

    /// <summary>Whole requests for an address since the start, whether or not they were answered and whether or not the unit exists.</summary>
    public long RequestsOf(byte address) => Interlocked.Read(ref _requests[address]);

    /// <summary>The master sends: the characters follow what it is still sending.</summary>
    /// <param name="now">Monotonic; never less than before.</param>
    public void Send(TimeSpan now, ReadOnlySpan<byte> bytes)
    {
        Pass(now);
        _masterIsFree = Put(Max(now, _masterIsFree), bytes, Master);
    }

    /// <summary>What has arrived at the master's end and was not taken yet.</summary>
    /// <returns>Number of bytes.</returns>
    public int Take(TimeSpan now, Span<byte> into)
    {
        Pass(now);
        int count = 0;
        while (count < into.Length && _arrived.TryDequeue(out byte next)) into[count++] = next;
        return count;
    }

    /// <summary>The plug is pulled: what is on the line is lost. The devices keep their power.</summary>
    public void Cut()
    {
        _coming.Clear();
        _arrived.Clear();
        _frame.Clear();
        _isOpen = false;
        _masterIsFree = TimeSpan.MinValue;
    }

    private void Pass(TimeSpan now)
    {
        while (NextDue is { } due && due <= now)
        {
            if (_isOpen && (_coming.Count == 0 || _coming[0].Start >= FrameEnds))
            {
                EndFrame();
                continue;
            }

            Character next = _coming[0];
            _coming.RemoveAt(0);
            Hear(next);
        }
    }

    private void Hear(Character next)
    {
        bool isMaster = next.Sender == Master;
        if (!_isOpen)
        {
            (_isOpen, _isMasters, _isMixed) = (true, isMaster, false);
        }
        else if (!_isMixed && _isMasters != isMaster)
        {
            _isMixed = true;
            if (isMaster) Interlocked.Increment(ref _crowded);
        }

        _lastHeard = Max(_lastHeard, next.End);
        Interlocked.Increment(ref _characters);
        if (_frame.Count <= RtuFrame.MaxBytes) _frame.Add(next.Value);
        if (!isMaster || _options.Echo) _arrived.Enqueue(next.Value);
    }

    private void EndFrame()
    {
        byte[] frame = [.. _frame];
        _frame.Clear();
        _isOpen = false;
        if (!_isMasters || _isMixed || frame.Length > RtuFrame.MaxBytes || !RtuFrame.IsWhole(frame)) return;

        byte address = frame[0];
        Interlocked.Increment(ref _requests[address]);
        if (_lastHeard < _isBusyUntil[address]) return; // it has not finished with the last one
        TimeSpan from = _lastHeard + Max(_options.TurnAround, _options.Gap);
        foreach (ReplyPart part in _units.Answer(frame)) from = Put(from + part.After, part.Bytes, address);
        _isBusyUntil[address] = from;
    }

    /// <returns>When the last character has passed.</returns>
    private TimeSpan Put(TimeSpan from, ReadOnlySpan<byte> bytes, int sender)
    {
        double errors = ErrorRate;
        foreach (byte value in bytes)
        {
            var next = new Character(from, from + _options.Character, errors > 0 && _random.NextDouble() < errors ? Spoilt(value) : value, sender);
            for (int i = 0; i < _coming.Count; i++)
            {
                Character other = _coming[i];
                if (other.Sender == sender || other.Start >= next.End || next.Start >= other.End) continue;
                _coming[i] = other with { Value = Spoilt(other.Value) };
                next = next with { Value = Spoilt(next.Value) };
            }

            int place = _coming.Count;
            while (place > 0 && _coming[place - 1].End > next.End) place--;
            _coming.Insert(place, next);
            from = next.End;
        }

        return from;
    }

    private byte Spoilt(byte value) => (byte)(value ^ _random.Next(1, 256));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <param name="Sender">A unit's address, or <see cref="Master"/>.</param>
    private readonly record struct Character(TimeSpan Start, TimeSpan End, byte Value, int Sender);
}
