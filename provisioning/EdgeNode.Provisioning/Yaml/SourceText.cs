using System.Text;

namespace EdgeNode.Provisioning.Yaml;

/// <summary>Bytes into text: what is no text at all is said here, before YAML sees it.</summary>
internal static class SourceText
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The text without byte order mark, or null when there is a fault.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, FaultList faults)
    {
        if (bytes.Length > SiteLimits.FileBytes)
        {
            faults.Add(Place.Start, $"the file is larger than {SiteLimits.FileBytes >> 20} MiB", faults.Kind);
            return null;
        }

        if (bytes.StartsWith(Utf8Mark))
            bytes = bytes[Utf8Mark.Length..];
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            faults.Add(Place.Start, "the file is UTF-16", "UTF-8; save it anew in that encoding");
            return null;
        }

        return IsText(bytes, faults) && HasNoTabs(bytes, faults) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes, FaultList faults)
    {
        var (line, column) = (1, 1);
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                faults.Add(new Place(line, column), $"the byte 0x{rest[0]:X2} is not UTF-8 text", "a text file in UTF-8");
                return false;
            }

            if (rune.Value is < 0x20 and not ('\t' or '\n' or '\r') or 0x7F)
            {
                faults.Add(new Place(line, column), $"the byte 0x{rune.Value:X2} stands here: this is a binary file", "a text file in UTF-8");
                return false;
            }

            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
            rest = rest[used..];
        }

        return true;
    }

    /// <summary>YAML forbids tabs in indentation only where it matters, and then says something else. Here they are refused on sight.</summary>
    private static bool HasNoTabs(ReadOnlySpan<byte> bytes, FaultList faults)
    {
        var line = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            line++;
            var text = bytes[range];
            var indent = text.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
            var tab = indent < 0 ? -1 : text[..indent].IndexOf((byte)'\t');
            if (tab >= 0 && text[indent] != (byte)'#')
            {
                faults.Add(new Place(line, tab + 1), "a tab stands in the indentation", "spaces");
                return false;
            }
        }

        return true;
    }
}
