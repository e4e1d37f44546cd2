using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeNode.UnitTests.House;

/// <summary>One event id, one meaning, for good: operators filter and document by them.</summary>
internal static partial class LogEventRules
{
    /// <summary>A thousand ids for each assembly that logs.</summary>
    private static readonly Dictionary<string, int> FirstId = new()
    {
        ["EdgeNode.Engine"] = 1000,
        ["EdgeNode.Hardware"] = 2000,
        ["EdgeNode.Uplink"] = 3000,
        ["EdgeNode.Gateway"] = 4000,
    };

    internal static IEnumerable<string> Faults(IEnumerable<SourceFile> files)
    {
        var seen = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (Match message in Attribute().Matches(file.Code))
            {
                var project = file.Path.Split('/') is [_, var name, ..] ? name : "";
                var id = Id().Match(message.Groups[1].Value);
                if (!file.Path.EndsWith("/Log.cs", StringComparison.Ordinal))
                    yield return $"{file.Path}: log messages stand in Log.cs";
                if (!id.Success)
                {
                    yield return $"{file.Path}: a log message without a number for its event id";
                    continue;
                }

                var number = int.Parse(id.Groups[1].Value, CultureInfo.InvariantCulture);
                if (!FirstId.TryGetValue(project, out var first) || number < first || number >= first + 1000)
                    yield return $"{file.Path}: event id {number} is not of the range of {project}";
                if (!seen.TryAdd(number, file.Path))
                    yield return $"{file.Path}: event id {number} stands also in {seen[number]}";
            }
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\((.*?)\)\]", RegexOptions.Singleline)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"(?:^\s*|EventId\s*=\s*|eventId:\s*)(\d+)")]
    private static partial Regex Id();
}
