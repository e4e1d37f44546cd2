using System.Globalization;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>Days of the calendar, as ISO 8601 writes them.</summary>
internal static class Dates
{
    private const string Form = "yyyy-MM-dd";

    /// <summary>Year first in other writings too: what comes before the year may be the day or the month.</summary>
    private static readonly string[] Readable = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd"];

    public static DateOnly? Read(YamlNode? node, FaultList faults)
    {
        const string expected = "a day as year-month-day, for example 2027-03-01";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        if (DateOnly.TryParseExact(scalar.Text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            if (day.Year is >= 2000 and < 2200)
                return day;
            faults.Add(scalar.At, $"the year {Words.Number(day.Year)} is out of bounds", "a year from 2000 to 2199");
            return null;
        }

        var meant = DateOnly.TryParseExact(scalar.Text, Readable, CultureInfo.InvariantCulture, DateTimeStyles.None, out var other) ? other.ToString(Form, CultureInfo.InvariantCulture) : null;
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a day", expected, meant);
        return null;
    }
}
