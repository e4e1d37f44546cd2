using System.Globalization;

namespace EdgeNode.Spool.Audit;

/// <summary>What the files of the trail are called.</summary>
internal static class AuditNames
{
    internal const string Lock = "lock";

    /// <summary>A file in the making; it gets its name when its first entry is safe on the disk.</summary>
    internal const string Making = "making";

    private const string Prefix = "audit-";
    private const string Suffix = ".jsonl";

    internal static string File(uint number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D10}{Suffix}");

    internal static bool IsFile(string name, out uint number)
    {
        number = 0;
        return name.Length == Prefix.Length + 10 + Suffix.Length && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(Prefix.Length, 10), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
