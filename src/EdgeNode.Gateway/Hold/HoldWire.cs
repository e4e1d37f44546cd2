using System.Net.Sockets;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Gateway.Hold;

/// <summary>An output on its way through a planned restart.</summary>
/// <param name="Id">Its name in the site file.</param>
/// <param name="Place">Where it is driven, whatever the site file calls the bus.</param>
/// <param name="SafeEnergised">Its safe state.</param>
/// <param name="Left">How long it may stay as it is, from now on.</param>
/// <param name="Line">Its line; null for a coil or register of a Modbus device, which nobody has to keep.</param>
internal sealed record HeldOutput(string Id, string Place, bool SafeEnergised, TimeSpan Left, IOutputLine? Line);

/// <summary>How outputs are handed from process to process: one JSON object in a line, and with it the files of the lines.</summary>
internal static class HoldWire
{
    /// <summary>Name of the socket in the data directory.</summary>
    public const string FileName = "hold.sock";

    /// <summary>A run that took over asks the keeper for an output at least so long before the keeper acts: so long it has for its answer.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>How long either end waits for the other's next word.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The gateway's last word to a process that did not say in time that it holds the outputs: it goes on and drives them itself.</summary>
    public const string Withdrawn = "no";

    private const int MostBytes = 64 * 1024;

    /// <summary>Sends outputs with the files of their lines.</summary>
    /// <param name="socket">The other end.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="first">A file that goes before those of the lines; null for none.</param>
    /// <exception cref="IOException">The other end has gone.</exception>
    public static void Send(Socket socket, IReadOnlyList<HeldOutput> outputs, int? first = null)
    {
        var files = outputs.Select(o => o.Line).OfType<IOutputLine>().Select(l => LineFiles.Of(l) ?? throw new IOException("a line of a simulation cannot be handed to another process")).ToList();
        if (first is { } file)
        {
            files.Insert(0, file);
        }

        var bytes = HandsServer.Line(json =>
        {
            json.WriteStartArray("outputs");
            foreach (var o in outputs)
            {
                json.WriteStartObject();
                json.WriteString("id", o.Id);
                json.WriteString("place", o.Place);
                json.WriteBoolean("safe", o.SafeEnergised);
                json.WriteNumber("seconds", o.Left.TotalSeconds);
                json.WriteBoolean("line", o.Line is not null);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        LineFiles.Send(socket, bytes, [.. files]);
    }

    /// <summary>Receives them. Blocks for at most <see cref="Patience"/>.</summary>
    /// <param name="socket">The other end.</param>
    /// <param name="withFirst">A file goes before those of the lines.</param>
    /// <param name="first">That file; -1 without.</param>
    /// <exception cref="IOException">The other end has gone, says nothing, or something else.</exception>
    public static IReadOnlyList<HeldOutput> Receive(Socket socket, bool withFirst, out int first)
    {
        var files = new List<int>();
        try
        {
            var outputs = Parse(ReadLine(socket, files));
            var lines = new Queue<int>(files);
            first = withFirst ? lines.Dequeue() : -1;
            var held = outputs.Select(o => o.HasLine ? o.Held with { Line = LineFiles.Line(lines.Dequeue()) } : o.Held).ToList();
            return lines.Count == 0 ? held : throw new IOException("more files came than lines");
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            files.ForEach(LineFiles.Close);
            throw new IOException(e.Message, e);
        }
    }

    private static byte[] ReadLine(Socket socket, List<int> files)
    {
        var until = TimeProvider.System.Monotonic() + Patience;
        var (bytes, count) = (new byte[MostBytes], 0);
        while (count == 0 || bytes[count - 1] != (byte)'\n')
        {
            var left = until - TimeProvider.System.Monotonic();
            if (left <= TimeSpan.Zero || count == MostBytes || !socket.Poll(left, SelectMode.SelectRead))
            {
                throw new IOException("the other end did not say what it holds");
            }

            var received = LineFiles.Receive(socket, bytes.AsSpan(count), files);
            count += received > 0 ? received : throw new IOException("the other end has gone");
        }

        return bytes[..count];
    }

    private static List<(HeldOutput Held, bool HasLine)> Parse(byte[] line) =>
    [
        .. JsonElement.Parse(line).GetProperty("outputs").EnumerateArray().Select(o => (
            new HeldOutput(
                o.GetProperty("id").GetString() ?? "", o.GetProperty("place").GetString() ?? "", o.GetProperty("safe").GetBoolean(),
                TimeSpan.FromSeconds(o.GetProperty("seconds").GetDouble()), null),
            o.GetProperty("line").GetBoolean())),
    ];
}
