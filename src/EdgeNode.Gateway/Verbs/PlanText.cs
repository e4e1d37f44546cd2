using EdgeNode.Core.Record;
using EdgeNode.Uplink;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>A plan in words for whoever orders the card and the data plan.</summary>
internal static class PlanText
{
    // Friday 17:00 to Monday 07:00: nobody comes before.
    private static readonly TimeSpan Weekend = TimeSpan.FromHours(62);
    private static readonly TimeSpan LongDrain = TimeSpan.FromDays(1);
    private const double ShortCardYears = 10;
    private const double LargeLinkBytesPerMonth = 5e9;
    private const double CardBytes = 32e9;
    private const double DaysPerMonth = 30;

    public static Table Table(SitePlan plan)
    {
        var table = new Table().RoundedBorder().AddColumns("", "Every reading", "No value moves");
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        Row("Readings recorded", p => $"{Figures.Number(p.ReadingsPerSecond)} a second");
        Row("In the spool", p => $"{Figures.Number(p.SpoolBytesPerReading)} bytes each");
        Row("Spool lasts with no broker", p => Time(p.Buffer));
        if (plan.Site.Uplink is not null)
        {
            Row("  delivered within", p => Time(p.Drain));
            Row("  at this load of the link", p => $"{Figures.Number(p.DrainLinkBytesPerSecond * 8 / 1e6)} Mbit/s");
            Row("Over the link", p => $"{Bytes(p.LinkBytesPerDay)} a day");
            Row("", p => $"{Bytes(p.LinkBytesPerDay * DaysPerMonth)} in 30 days");
        }

        Row("Onto the card", p => $"{Bytes(p.CardBytesPerDay)} a day");
        Row("The card lasts", p => p.CardYears >= 100 ? "over 100 years" : $"{Figures.Number(p.CardYears)} years");
        return table;

        void Row(string what, Func<BufferPlan, string> figure) => table.AddRow(what, figure(plan.Most), figure(plan.Least));
    }

    /// <summary>What the figures take for granted.</summary>
    public static IEnumerable<string> Assumptions(SitePlan plan)
    {
        yield return "Card: 32 GB that takes 7.3 TB before it is worn out (assumed: ask its maker), ext4 with its defaults, and nothing else writes to it.";
        if (plan.Site.Uplink is { } uplink)
        {
            yield return $"Link: each scan of a device is a message of its own, MQTT over TCP and IPv4{(uplink.Brokers[0].Tls ? " with TLS 1.3" : "")}, acknowledgements included, no retransmissions.";
            yield return $"Backlog: at most {LinkSizes.BacklogPerSecond:N0} readings a second, beside the live ones.";
        }

        yield return "Alarms and events are not counted: they are few.";
    }

    /// <summary>One sentence each; the worst case counts.</summary>
    public static IEnumerable<string> Warnings(SitePlan plan)
    {
        var p = plan.Most;
        if (p.Buffer < Weekend)
        {
            yield return $"The spool lasts {Time(p.Buffer)} without a broker: less than a weekend ({Weekend.TotalHours:0} h). "
                + $"For a weekend write `spool: {{ limit: {Math.Ceiling(p.LimitFor(Weekend, plan.SegmentBytes) / (1 << 20)):0}MiB }}`, or let points report on change (`report`).";
        }

        if (plan.Site.Spool.LimitBytes > CardBytes * 0.8)
        {
            yield return $"The spool may take {Limit(plan.Site.Spool.LimitBytes)}, which a card of {Bytes(CardBytes)} does not hold beside the system.";
        }

        if (p.CardYears < ShortCardYears)
        {
            yield return $"The card lasts {Figures.Number(p.CardYears)} years: less than {ShortCardYears:0}. A longer `commit`, or points that report on change, spare it.";
        }

        if (plan.Site.Uplink is null)
        {
            yield return "The site file has no `uplink`: nothing is delivered, and after that time the oldest readings are given up.";
            yield break;
        }

        if (p.Drain > LongDrain)
        {
            yield return $"A full spool takes {Time(p.Drain)} to be delivered: more than a day.";
        }

        if (p.LinkBytesPerDay * DaysPerMonth > LargeLinkBytesPerMonth)
        {
            yield return $"{Bytes(p.LinkBytesPerDay * DaysPerMonth)} go over the link in 30 days: more than {Bytes(LargeLinkBytesPerMonth)}, which a mobile plan may not include. Points that report on change need less.";
        }
    }

    /// <summary>As a site file writes it.</summary>
    public static string Limit(long bytes) => bytes >= 1L << 30 ? $"{Figures.Number(bytes / (double)(1L << 30))} GiB" : $"{Figures.Number(bytes / (double)(1 << 20))} MiB";

    private static string Bytes(double bytes) => bytes switch
    {
        >= 1e12 => $"{Figures.Number(bytes / 1e12)} TB",
        >= 1e9 => $"{Figures.Number(bytes / 1e9)} GB",
        >= 1e6 => $"{Figures.Number(bytes / 1e6)} MB",
        >= 1e3 => $"{Figures.Number(bytes / 1e3)} kB",
        _ => $"{Figures.Number(bytes)} bytes",
    };

    private static string Time(TimeSpan span) => span switch
    {
        { TotalDays: >= 36_500 } => "over 100 years",
        { TotalDays: >= 730 } => $"{Figures.Number(span.TotalDays / 365.25)} years",
        { TotalDays: >= 3 } => $"{Figures.Number(span.TotalDays)} days",
        { TotalHours: >= 1 } => $"{Figures.Number(span.TotalHours)} h",
        { TotalMinutes: >= 1 } => $"{Figures.Number(span.TotalMinutes)} min",
        _ => $"{Figures.Number(span.TotalSeconds)} s",
    };
}
