using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Options of <c>scan</c>.</summary>
internal static class ScanOptions
{
    public static Option<string?> WriteSite() => new("--write-site") { Description = "Draft a site file of what was found; a file that exists is not touched.", HelpName = "FILE" };

    /// <summary>Unit identifiers; empty when absent, as with the other lists.</summary>
    public static Option<int[]> Addresses() => new("--addresses")
    {
        Description = "Units to ask, such as 1..32 or 1,5,17..20. Default: 1..247, and with --tcp 255 as well.",
        HelpName = "LIST",
        CustomParser = result =>
        {
            if (ParseAddresses(result.Tokens.Count == 1 ? result.Tokens[0].Value : "") is { } addresses)
            {
                return addresses;
            }

            result.AddError("--addresses takes unit identifiers from 0 to 255, such as 1..32 or 1,5,17..20.");
            return [];
        },
    };

    public static Option<int[]> Baud() => new("--baud")
    {
        Description = "Rates to try, one after the other. Default: 9600.",
        HelpName = "LIST",
        CustomParser = result =>
        {
            var words = result.Tokens.Count == 1 ? result.Tokens[0].Value.Split(',') : [];
            var rates = words.Select(w => int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && ModbusScan.KnowsRate(rate) ? rate : 0).ToArray();
            if (rates.Length > 0 && !rates.Contains(0))
            {
                return [.. rates.Distinct()];
            }

            result.AddError("--baud takes rates from 1200 to 921600 that a serial port knows, such as 9600 or 9600,19200.");
            return [];
        },
    };

    public static Option<SerialFormat[]> Format() => new("--format")
    {
        Description = "Parity and stop bits to try: 8N1, 8E1, 8O1, 8N2. Default: 8N1.",
        HelpName = "LIST",
        CustomParser = result =>
        {
            var words = result.Tokens.Count == 1 ? result.Tokens[0].Value.ToUpperInvariant().Split(',') : [];
            if (words.Length > 0 && words.All(w => ScanText.Formats.Any(f => f.Word == w)))
            {
                return [.. words.Distinct().Select(w => ScanText.Formats.First(f => f.Word == w).Format)];
            }

            result.AddError("--format takes 8N1, 8E1, 8O1 and 8N2, such as 8N1 or 8N1,8E1.");
            return [];
        },
    };

    public static Option<(string Host, int Port)?> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 1 && Uri.TryCreate("tcp://" + result.Tokens[0].Value, UriKind.Absolute, out var uri)
                && uri is { Host.Length: > 0, PathAndQuery: "" or "/", UserInfo: "", Port: not 0 }
                // 192.168.010.020 would be read as octal: another device.
                && (uri.HostNameType != UriHostNameType.IPv4 || result.Tokens[0].Value.StartsWith(uri.Host, StringComparison.Ordinal)))
            {
                return (uri.IdnHost.Trim('[', ']'), uri.Port < 0 ? 502 : uri.Port);
            }

            result.AddError($"{name} takes an address such as 192.168.10.20:502 or [fe80::1]:502; without a port it is 502.");
            return null;
        },
    };

    /// <summary>Sorted, each once; null for what is no list of unit identifiers.</summary>
    internal static int[]? ParseAddresses(string text)
    {
        var addresses = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !TryRead(ends[0], out var first) || !TryRead(ends[^1], out var last) || first > last)
            {
                return null;
            }

            addresses.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. addresses];

        static bool TryRead(string word, out int address) => int.TryParse(word.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out address) && address <= 255;
    }
}
