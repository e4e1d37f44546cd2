namespace EdgeNode.Uplink.Session;

/// <summary>Reads the password anew for each CONNECT, so that a rotated one needs no restart.</summary>
internal static class PasswordFile
{
    private const int MaxBytes = 4096;

    /// <summary>The password without the one newline that editors leave at the end.</summary>
    public static bool TryRead(string path, out byte[] password, out BrokerFault? fault)
    {
        password = [];
        fault = null;
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > MaxBytes)
            {
                fault = Fault(path, $"is longer than {MaxBytes} bytes");
                return false;
            }

            password = WithoutNewline(bytes.AsSpan(0, count)).ToArray();
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = Fault(path, "does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            fault = Fault(path, "may not be read by this user");
        }
        catch (IOException e)
        {
            fault = Fault(path, "cannot be read: " + e.Message);
        }

        return false;
    }

    private static ReadOnlySpan<byte> WithoutNewline(ReadOnlySpan<byte> text)
    {
        if (text.EndsWith("\r\n"u8))
        {
            return text[..^2];
        }

        return text.EndsWith("\n"u8) ? text[..^1] : text;
    }

    private static BrokerFault Fault(string path, string what) => new(FaultKind.LocalFile, $"the password file {path} {what}");
}
