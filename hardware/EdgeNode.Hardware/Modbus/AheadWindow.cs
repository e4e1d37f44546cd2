namespace EdgeNode.Hardware.Modbus;

/// <summary>Requests that are sent before it is their turn, and the replies to them that came early, in any order. A reply is kept until it is asked for.</summary>
/// <param name="count">Most of them at once.</param>
internal sealed class AheadWindow(int count)
{
    private readonly Entry[] _entries = [.. Enumerable.Range(0, count).Select(_ => new Entry())];

    /// <summary>What one of them is, and what came of it.</summary>
    public sealed class Entry
    {
        private readonly byte[] _pdu = new byte[Requests.ReadLength];
        private readonly byte[] _reply = new byte[Pdu.MaxLength];
        private int _length;
        private byte _unit;

        public bool IsTaken { get; set; }

        public bool IsSent { get; set; }

        public bool HasCome { get; private set; }

        public ushort Transaction { get; set; }

        public byte ReplyUnit { get; private set; }

        public Request Request => new(_unit, _pdu);

        public ReadOnlySpan<byte> Reply => _reply.AsSpan(0, _length);

        public void Put(scoped in Request request)
        {
            (IsTaken, IsSent, HasCome, _unit) = (true, false, false, request.Unit);
            request.Pdu.CopyTo(_pdu);
        }

        public void Came(byte unit, ReadOnlySpan<byte> pdu)
        {
            (HasCome, ReplyUnit, _length) = (true, unit, pdu.Length);
            pdu.CopyTo(_reply);
        }

        public bool Is(scoped in Request request) => IsTaken && _unit == request.Unit && request.Pdu.SequenceEqual(_pdu);
    }

    public ReadOnlySpan<Entry> Entries => _entries;

    /// <summary>Some were sent.</summary>
    public bool IsBusy
    {
        get
        {
            foreach (var entry in _entries)
            {
                if (entry is { IsTaken: true, IsSent: true })
                    return true;
            }

            return false;
        }
    }

    public void Clear()
    {
        foreach (var entry in _entries)
            entry.IsTaken = false;
    }

    public Entry? Find(scoped in Request request)
    {
        foreach (var entry in _entries)
        {
            if (entry.Is(request))
                return entry;
        }

        return null;
    }

    /// <summary>Keeps a request for later, unless it is there already or there is no room.</summary>
    public void Add(scoped in Request request)
    {
        if (Find(request) is not null)
            return;
        foreach (var entry in _entries)
        {
            if (!entry.IsTaken)
            {
                entry.Put(request);
                return;
            }
        }
    }

    /// <summary>A reply came.</summary>
    /// <returns>True when it was to one of these.</returns>
    public bool Came(scoped in MbapFrame frame)
    {
        foreach (var entry in _entries)
        {
            if (entry is { IsTaken: true, IsSent: true, HasCome: false } && entry.Transaction == frame.Transaction)
            {
                entry.Came(frame.Unit, frame.Pdu);
                return true;
            }
        }

        return false;
    }
}
