using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Record;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>plan</c>: what a site file comes to before it is put to work.</summary>
internal static class PlanVerb
{
    public static Command Make()
    {
        var site = Options.Site();
        var json = Options.Json();
        var verb = new Command(
            "plan",
            "Says what a site asks of its spool, card, link and buses. How long the spool lasts without a broker, how much goes over the link and onto the card in a day, and how long the card lasts: "
            + "at most, with every reading reported, and at least, when no value moves and `report` rules hold it back. Then how busy each bus is, with all its units good "
            + "and with dead ones, and whether every device can be read as often as it is to be, in the emergency mode too. Last, for each trip, the worst case from the sensor to the final element in its safe position (one without `proof`: to where it is driven), part by part, against half of the process safety time. Warnings do not change the exit code.")
        {
            site, json,
        };
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(site), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(string path, bool json)
    {
        if (SiteReader.Load(path) is not { } site)
        {
            return Exit.Config;
        }

        var plan = SitePlan.Of(site);
        if (json)
        {
            JsonOutput.Write(writer => Write(writer, plan));
            return Exit.Done;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: node {site.Node.Id}, {site.Points.Length} points, a spool of at most {PlanText.Limit(site.Spool.LimitBytes)}, a commit every {site.Spool.Commit.TotalSeconds:0.###} s."));
        AnsiConsole.Write(PlanText.Table(plan));
        foreach (var line in PlanText.Assumptions(plan))
        {
            Say(line);
        }

        foreach (var bus in plan.Buses)
        {
            Say("");
            Say(PlanBusText.Headline(plan.Site, bus));
            if (bus.Modbus is not null)
            {
                AnsiConsole.Write(Table(bus));
            }
        }

        foreach (var (i, line) in PlanEmergencyText.Lines(plan).Index())
        {
            Say(i == 0 ? "\n" + line : line);
        }

        foreach (var trip in site.Trips)
        {
            Say("");
            Say(PlanTrips.Headline(site, trip));
            foreach (var (_, what, chain) in PlanTrips.Cases(site, trip))
            {
                AnsiConsole.Write(Table(what, chain));
            }
        }

        foreach (var (i, line) in PlanBusText.Assumptions(plan).Concat(PlanTrips.Assumptions(site)).Index())
        {
            Say(i == 0 ? "\n" + line : line);
        }

        foreach (var (i, warning) in AllWarnings(plan).Index())
        {
            Say((i == 0 ? "\n" : "") + "warning: " + warning);
        }

        return Exit.Done;
    }

    private static Table Table(BusPlan bus)
    {
        var table = new Table().RoundedBorder().AddColumns(PlanBusText.Heads);
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (var row in PlanBusText.Rows(bus))
        {
            table.AddRow(row);
        }

        return table;
    }

    private static Table Table(string what, TripChain chain)
    {
        var table = new Table().RoundedBorder().AddColumns(what, "takes");
        foreach (var (part, takes) in PlanTrips.Rows(chain))
        {
            table.AddRow(Markup.Escape(part), takes);
        }

        return table;
    }

    private static IEnumerable<string> AllWarnings(SitePlan plan) => PlanText.Warnings(plan).Concat(plan.Buses.SelectMany(b => PlanBusText.Warnings(plan.Site, b)))
        .Concat(PlanEmergencyText.Warnings(plan));

    /// <summary>A terminal breaks lines between words; a file gets each sentence whole.</summary>
    private static void Say(string line)
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(line);
        }
        else
        {
            AnsiConsole.Write(new Paragraph(line + "\n"));
        }
    }

    private static void Write(Utf8JsonWriter json, SitePlan plan)
    {
        json.WriteNumber("spoolLimitBytes", plan.Site.Spool.LimitBytes);
        Case("most", plan.Most);
        Case("least", plan.Least);
        PlanBusJson.Write(json, plan);
        PlanEmergencyText.Write(json, plan);
        PlanTrips.Write(json, plan.Site);
        json.WriteStartArray("assumptions");
        foreach (var line in PlanText.Assumptions(plan).Concat(PlanBusText.Assumptions(plan)).Concat(PlanTrips.Assumptions(plan.Site)))
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (var warning in AllWarnings(plan))
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();

        void Case(string name, BufferPlan p)
        {
            json.WriteStartObject(name);
            json.WriteNumber("readingsPerSecond", Math.Round(p.ReadingsPerSecond, 6));
            json.WriteNumber("spoolBytesPerReading", Math.Round(p.SpoolBytesPerReading, 2));
            json.WriteNumber("bufferSeconds", Math.Round(p.Buffer.TotalSeconds));
            json.WriteNumber("backlogReadings", Math.Round(p.Backlog));
            json.WriteNumber("cardBytesPerDay", Math.Round(p.CardBytesPerDay));
            json.WriteNumber("cardYears", Math.Round(p.CardYears, 1));
            if (plan.Site.Uplink is not null)
            {
                json.WriteNumber("drainSeconds", Math.Round(p.Drain.TotalSeconds));
                json.WriteNumber("drainLinkBytesPerSecond", Math.Round(p.DrainLinkBytesPerSecond));
                json.WriteNumber("linkBytesPerDay", Math.Round(p.LinkBytesPerDay));
            }

            json.WriteEndObject();
        }
    }
}
