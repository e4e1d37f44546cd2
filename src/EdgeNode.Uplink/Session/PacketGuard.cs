namespace EdgeNode.Uplink.Session;

/// <summary>
/// Reads along, packet by packet, and breaks the stream off before one that is larger than what is taken. MQTT 5's Maximum Packet Size asks
/// a broker not to send it; 3.1.1 has no such request, and a library that meets it makes room for all of it first.
/// </summary>
/// <param name="inner">The connection; owned.</param>
/// <param name="most">Bytes after a packet's fixed header that are taken.</param>
/// <param name="tooLarge">Told of a packet above the limit: of so many bytes.</param>
internal sealed class PacketGuard(Stream inner, int most, Action<long> tooLarge) : Stream
{
    // MQTT 3.1.1 section 2.2.3, MQTT 5 section 1.5.5: seven bits a byte, the low ones first, four bytes at most.
    private const int MoreFollows = 0x80;
    private const int DigitBits = 7;
    private const int MostDigits = 4;

    private bool _inHeader;
    private int _digits;
    private long _left;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Passed(buffer.AsMemory(offset), inner.Read(buffer, offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Passed(buffer, await inner.ReadAsync(buffer, cancellationToken));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Passed(ReadOnlyMemory<byte> buffer, int count)
    {
        var bytes = buffer.Span[..count];
        for (var i = 0; i < bytes.Length;)
        {
            if (_inHeader)
            {
                Digit(bytes[i++]);
            }
            else if (_left > 0)
            {
                var skipped = (int)Math.Min(_left, bytes.Length - i);
                _left -= skipped;
                i += skipped;
            }
            else
            {
                (_inHeader, _digits) = (true, 0);
                i++; // type and flags
            }
        }

        return bytes.Length;
    }

    private void Digit(byte digit)
    {
        _left += (long)(digit & ~MoreFollows) << (DigitBits * _digits++);
        _inHeader = (digit & MoreFollows) != 0 && _digits < MostDigits;
        if (!_inHeader && _left > most)
        {
            tooLarge(_left);
            throw new IOException($"A packet of {_left} bytes: at most {most} are taken.");
        }
    }
}
