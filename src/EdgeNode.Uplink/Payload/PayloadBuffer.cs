using System.Buffers;

namespace EdgeNode.Uplink.Payload;

/// <summary>One message's bytes. It is reused from message to message, grows as needed and can be cut back to where a record began.</summary>
internal sealed class PayloadBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 4096;

    private byte[] _bytes = new byte[FirstBytes];

    /// <summary>Bytes written.</summary>
    public int Count { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    /// <summary>Forgets everything, keeps the array.</summary>
    public void Clear() => Count = 0;

    /// <summary>Forgets what was written after <paramref name="count"/> bytes.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
    }

    /// <summary>Appends one byte.</summary>
    public void Add(byte value)
    {
        GetSpan(1)[0] = value;
        Count++;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Count);
        Count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Count);
    }

    private void Reserve(int sizeHint)
    {
        var need = Math.Max(sizeHint, 1);
        if (_bytes.Length - Count < need)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Count + need));
        }
    }
}
