using System.CommandLine;
using System.Globalization;
using EdgeNode.Spool.Audit;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>audit verify</c> and <c>audit show</c>: whether the trail holds, and what it says. Both only read.</summary>
internal static class AuditVerb
{
    public static Command Make()
    {
        var verb = new Command("audit", "Looks into the audit trail of a data directory; safe while the gateway runs, and on a copy of the directory.");
        verb.Add(Verify());
        verb.Add(Show());
        return verb;
    }

    private static Command Verify()
    {
        var data = Options.Data();
        var json = Options.Json();
        var anchors = new Option<AuditAnchor[]>("--anchor")
        {
            Description = "Number and hash of an entry as the platform has them from an audit event; shows a trail that was cut off or written anew. May be given several times.",
            HelpName = "N:HASH",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result =>
            {
                var read = result.Tokens.Select(t => Anchor(t.Value)).ToArray();
                if (read.Contains(null))
                {
                    result.AddError("--anchor takes the number of an entry, a colon and its hash of 64 hex digits, such as 118:9f02...");
                }

                return read.OfType<AuditAnchor>().ToArray();
            },
        };
        var verb = new Command(
            "verify",
            "Checks every entry: changed, missing, inserted or out of order. Compares with the anchors that the spool beside it still has. Exit code 1 when it does not hold.")
        {
            data, anchors, json,
        };
        verb.SetAction(parsed => AuditReport.VerifyAsync(parsed.GetRequiredValue(data), parsed.GetValue(anchors) ?? [], parsed.GetValue(json)));
        return verb;
    }

    private static Command Show()
    {
        var data = Options.Data();
        var json = Options.Json();
        var verb = new Command("show", "The trail, a line an entry, the oldest first. It is not checked here: that is audit verify.") { data, json };
        verb.SetAction(parsed => AuditReport.Show(parsed.GetRequiredValue(data), parsed.GetValue(json)));
        return verb;
    }

    private static AuditAnchor? Anchor(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var hash = text[(colon + 1)..];
        return colon > 0 && ulong.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && hash.Length == AuditEntry.NoHash.Length && hash.All(char.IsAsciiHexDigit)
            ? new AuditAnchor(number, hash.ToLowerInvariant(), "--anchor") : null;
    }
}
