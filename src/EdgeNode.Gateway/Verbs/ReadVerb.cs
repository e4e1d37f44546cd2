using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>read</c>: one reading of each point, or a live table, straight from the devices.</summary>
internal static class ReadVerb
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public static Command Make()
    {
        var site = Options.Site();
        var points = new Argument<string[]>("POINT") { Description = "Points to read, such as PT-101A.pressure; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<bool>("--watch") { Description = "Read again and again, each device at its own period, until Ctrl-C." };
        var data = Options.Data();
        var json = Options.Json();
        var verb = new Command("read", "Reads the site's devices once and shows raw and engineering value, unit, quality and age. Before a quality stands its NAMUR NE 107 letter: F failure, C function check, S out of specification, M maintenance required. Exit code 69 when a device does not answer.")
        {
            points, site, data, watch, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(json))
            {
                result.AddError("--watch shows a live table and --json ends with one object: use one of them.");
            }
        });
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(site), parsed.GetValue(points) ?? [], parsed.GetRequiredValue(data), parsed.GetValue(watch), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(string path, string[] names, string data, bool watch, bool json)
    {
        if (SiteReader.Load(path) is not { } site)
        {
            return Exit.Config;
        }

        var wanted = new SortedSet<int>();
        foreach (var name in names)
        {
            var point = site.Points.ToList().FindIndex(p => p.Name == name);
            if (point < 0)
            {
                Console.Error.WriteLine($"{path}: there is no point {name}. The points are: {string.Join(", ", site.Points.Select(p => p.Name))}.");
                return Exit.Usage;
            }

            if (site.GroupOf(point) is { } group)
            {
                var members = site.Groups[group].Members.Select(m => site.Points[m].Name);
                Console.Error.WriteLine($"{path}: the running gateway computes {name} of a group. Read its members instead: {string.Join(", ", members)}.");
                return Exit.Usage;
            }

            if (site.Points[point].IsComputed)
            {
                Console.Error.WriteLine($"{path}: {name} is a state of the running gateway, and stands on no bus.");
                return Exit.Usage;
            }

            wanted.Add(point);
        }

        if (names.Length == 0)
        {
            wanted.UnionWith(Enumerable.Range(0, site.Points.Length).Where(p => !site.Points[p].IsComputed));
        }

        using var termination = new Termination();
        using var reader = new PointReader(site, wanted, data, TimeProvider.System, once: !watch);
        var live = watch || (!json && AnsiConsole.Profile.Capabilities.Interactive);
        reader.Start();
        if (live)
        {
            AnsiConsole.Live(reader.ToTable()).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Bottom).Start(screen =>
            {
                while (!reader.WaitDone(Refresh, termination.Token))
                {
                    screen.UpdateTarget(reader.ToTable());
                }

                screen.UpdateTarget(reader.ToTable());
            });
        }
        else
        {
            while (!reader.WaitDone(Refresh, termination.Token))
            {
            }
        }

        reader.Stop();
        if (json)
        {
            WriteJson(reader);
        }
        else if (!live)
        {
            AnsiConsole.Write(reader.ToTable());
        }

        foreach (var line in reader.Said)
        {
            Console.Error.WriteLine(line);
        }

        return reader.AllAnswered ? Exit.Done : Exit.Unreachable;
    }

    private static void WriteJson(PointReader reader) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("readings");
        foreach (var (point, raw, reading) in reader.Rows())
        {
            json.WriteStartObject();
            json.WriteString("point", point.Name);
            if (raw is { } seen)
            {
                json.WriteNumber("raw", seen);
            }

            if (!reading.Quality.IsBad)
            {
                json.WriteNumber("value", reading.Value);
            }

            json.WriteString("unit", point.Unit.Symbol);
            json.WriteString("quality", reading.Quality.ToString());
            if (reading.Quality.Status(point.Simulated) is not Ne107.None and var status)
            {
                json.WriteString("ne107", status.Letter());
            }

            EventBody.Simulated(json, point.Simulated);

            json.WriteString("time", reading.Time.ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
