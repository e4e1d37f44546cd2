using System.Globalization;
using System.Text;

namespace EdgeNode.Hardware.Iio;

/// <summary>A file of sysfs with one number in it.</summary>
internal static class SysfsNumber
{
    /// <summary>Reads it; a driver that measures on demand may take its time for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">The number.</param>
    /// <param name="fault">Why there is none; null when the file does not exist.</param>
    public static bool TryRead(string path, out double value, out string? fault)
    {
        (value, fault) = (0, null);
        if (!TryReadText(path, out var text, out fault))
            return false;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value))
            return true;
        fault = $"{path} has no number in it";
        return false;
    }

    /// <summary>The start of a file, trimmed.</summary>
    public static bool TryReadText(string path, out string text, out string? fault)
    {
        (text, fault) = ("", null);
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Span<byte> bytes = stackalloc byte[128];
            var length = RandomAccess.Read(file, bytes, 0);
            text = Encoding.UTF8.GetString(bytes[..length]).Trim();
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message.TrimEnd('.');
            return false;
        }
    }
}
