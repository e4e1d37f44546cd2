using System.Net;
using System.Net.Sockets;

namespace EdgeNode.Provisioning.Values;

/// <summary>Network addresses as text: <c>host</c>, <c>host:port</c>, <c>[fe80::1]:502</c>.</summary>
internal static class Addresses
{
    /// <summary>Splits and checks; nothing is looked up.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Parse(string text, int defaultPort, out string host, out int port)
    {
        port = defaultPort;
        string? portText = null;
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            host = close < 0 ? "" : text[1..close];
            if (close < 0 || !IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                return "does not have an IPv6 address in its brackets";
            if (close + 1 < text.Length)
            {
                if (text[close + 1] != ':')
                    return "has something else than :port behind the bracket";
                portText = text[(close + 2)..];
            }
        }
        else
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            host = colon < 0 ? text : text[..colon];
            if (colon >= 0 && text.IndexOf(':', colon + 1) >= 0)
                return "has several colons; an IPv6 address stands in brackets, as in [fe80::1]";
            portText = colon < 0 ? null : text[(colon + 1)..];
            if (IsPadded(host))
                return "has a number with a 0 in front, which is read as octal: another device would be asked; write it without";
            if (!IsHost(host))
                return "has no valid host name or address";
        }

        if (portText is null)
            return null;
        if (!Numbers.TryWhole(portText, out var number) || number is < 1 or > 65535)
            return $"has the port {Words.Quoted(portText)}, which is not from 1 to 65535";
        port = (int)number;
        return null;
    }

    /// <summary>192.168.010.020 is 192.168.8.16 (inet_aton(3)), and looks like 192.168.10.20.</summary>
    private static bool IsPadded(string host)
    {
        var labels = host.Split('.');
        return labels.All(l => l.Length > 0 && l.All(char.IsAsciiDigit)) && labels.Any(l => l.Length > 1 && l[0] == '0');
    }

    /// <summary>An IPv4 address, or labels of letters, digits, - and _ (RFC 1123; the underscore is common in plants).</summary>
    private static bool IsHost(string host)
    {
        var labels = host.Split('.');
        if (labels.All(l => l.Length > 0 && l.All(char.IsAsciiDigit)))
            return labels.Length == 4 && labels.All(l => l.Length <= 3 && int.Parse(l, System.Globalization.CultureInfo.InvariantCulture) <= 255);
        return host.Length <= 253
            && labels.All(l => l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }
}
