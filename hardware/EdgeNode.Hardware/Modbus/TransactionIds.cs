namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Numbers the requests of one connection. A number stays out of use from its request until its reply, however late:
/// otherwise a late reply could pass for the answer to a new request after the counter has wrapped.
/// </summary>
/// <param name="first">The first number to give.</param>
internal sealed class TransactionIds(ushort first)
{
    /// <summary>Requests of a connection that were never answered; at this limit the connection is replaced.</summary>
    public const int OpenLimit = 1024;

    private readonly ulong[] _open = new ulong[65536 / 64];
    private ushort _next = first;

    /// <summary>Requests without an answer.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Gives the next number whose old request is not open.</summary>
    public ushort Take()
    {
        while (IsOpen(_next))
            _next++;

        var id = _next++;
        _open[id >> 6] |= 1UL << (id & 63);
        OpenCount++;
        return id;
    }

    /// <summary>A reply with this number came, whether or not it was still wanted.</summary>
    public void Answered(ushort id)
    {
        if (!IsOpen(id))
            return;

        _open[id >> 6] &= ~(1UL << (id & 63));
        OpenCount--;
    }

    /// <summary>The connection is gone, and with it every reply that was still to come. The count goes on.</summary>
    public void Forget()
    {
        Array.Clear(_open);
        OpenCount = 0;
    }

    private bool IsOpen(ushort id) => (_open[id >> 6] & (1UL << (id & 63))) != 0;
}
