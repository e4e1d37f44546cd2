using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeNode.Gateway;

/// <summary>Standard output cannot be written: the disk behind it is full, or the reader of the pipe has gone.</summary>
internal sealed class OutputException(string message, Exception inner) : IOException(message, inner);

/// <summary>
/// Standard output that says when it cannot be written. The console's own stream swallows a pipe whose reader has gone, so that
/// <c>edgenode read --watch | head</c> would read the devices for ever, for nobody.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private readonly Stream _out = Choose();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes the place of the console's stream where standard output is a file or a pipe; a terminal keeps it.</summary>
    public static void Open()
    {
        if (Console.IsOutputRedirected)
        {
            Console.SetOut(TextWriter.Synchronized(new StreamWriter(new StandardOutput(), new UTF8Encoding(false)) { AutoFlush = true }));
        }
    }

    // A FileStream on a file keeps an offset of its own, and the next program with the same output would write over what it wrote.
    private static Stream Choose()
    {
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _out.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"standard output cannot be written: {e.Message}", e);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
