using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>faults</c> of a scenario, one after the other: each by itself, and whether two of them want the same thing at once.</summary>
internal sealed class ScenarioEntries(Site site, FaultList faults)
{
    private readonly List<(ScenarioEntry Entry, int Line)> _taken = [];

    /// <summary>Those that are right.</summary>
    public IEnumerable<ScenarioEntry> Entries => _taken.Select(t => t.Entry);

    public void Take(YamlNode node)
    {
        if (SectionReader.Open(node, ScenarioGrammar.Entry, faults) is not { } section)
            return;
        var at = Sizes.Duration(section["at"], SiteLimits.ScenarioAt, faults);
        var length = Sizes.Duration(section["for"], SiteLimits.ScenarioFor, faults);
        var target = Target(section);
        var word = Scalars.Choice(section["fault"], ScenarioGrammar.Fault, faults);
        if (word is not null)
            CheckKeys(section, word);
        if (word is null || target is not { } its || Fault(section, word, its.Device) is not { } fault || at is null || (section["for"] is not null && length is null))
            return;

        if (ScenarioSense.WhyNot(site, its.Bus, its.Device, fault) is var (wrong, expected))
        {
            faults.Add(section["fault"]!.At, wrong, expected);
            return;
        }

        var entry = new ScenarioEntry(at.Value, length, its.Bus, its.Device, fault);
        CheckOverlap(section, entry);
        _taken.Add((entry, section.At.Line));
    }

    /// <summary>A device, or a bus.</summary>
    private (int Bus, int? Device)? Target(SectionReader section)
    {
        if (section["device"] is not null && section["bus"] is not null)
        {
            faults.Add(section.PlaceOf("bus"), "the fault names a device and a bus", "one of them");
            return null;
        }

        if (section["device"] is null && section["bus"] is null)
        {
            if (!section.HasUnknown)
                faults.Add(section.At, "the fault names neither a device nor a bus", "device: with an id of the site, or bus:");
            return null;
        }

        return section["bus"] is { } bus
            ? Find(bus, "bus", [.. site.Buses.Select(b => b.Id)]) is { } b ? (b, null) : null
            : Find(section["device"], "device", [.. site.Devices.Select(d => d.Id)]) is { } d ? (site.Devices[d].Bus, d) : null;
    }

    private int? Find(YamlNode? node, string what, string[] ids)
    {
        const int mostNamed = 12;
        if (Scalars.Id(node, faults) is not { } id)
            return null;
        var index = Array.IndexOf(ids, id);
        if (index >= 0)
            return index;
        faults.Add(node!.At, $"the site has no {what} {Words.Quoted(id)}", ids.Length <= mostNamed ? Words.Or(ids) : $"the id of a {what}", Suggest.Nearest(id, ids));
        return null;
    }

    private void CheckKeys(SectionReader section, string fault)
    {
        foreach (var (key, of) in (ReadOnlySpan<(string, string)>)[("by", "delay"), ("code", "exception"), ("rate", "drift")])
        {
            if (of == fault && section[key] is null && !section.HasUnknown)
                faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", $"with 'fault: {fault}': " + Example(fault));
            else if (of != fault && section[key] is not null)
                faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} means nothing with 'fault: {fault}'", $"{Words.Quoted(key)} only with 'fault: {of}'");
        }
    }

    private static string Example(string fault) => fault switch
    {
        "delay" => "by: 300ms",
        "exception" => "code: 4",
        _ => "rate: 0.05 bar/s",
    };

    private ScenarioFault? Fault(SectionReader section, string word, int? device) => word switch
    {
        "delay" => Sizes.Duration(section["by"], SiteLimits.ScenarioDelay, faults) is { } by ? new DelayFault(by) : null,
        "silence" => new SilenceFault(),
        "noise" => new NoiseFault(),
        "wrong-unit" => new WrongUnitFault(),
        "exception" => Numbers.Whole(section["code"], "an exception code", 1, 255, faults) is { } code ? new ExceptionFault(code) : null,
        "stuck" => new StuckFault(),
        "drift" => DriftRates.Read(section["rate"], faults) is var (perSecond, unit) && IsMeasured(section["rate"]!, unit, device) ? new DriftFault(perSecond, unit) : null,
        _ => new UnplugFault(),
    };

    /// <summary>The device has a point of this quantity.</summary>
    private bool IsMeasured(YamlNode node, Unit unit, int? device)
    {
        if (device is not { } its)
            return true; // that a bus does not drift is said elsewhere
        var points = site.Points.Where(p => p.Device == its).ToList();
        if (points.Exists(p => p.Unit.Quantity == unit.Quantity))
            return true;
        faults.Add(
            node.At,
            $"{Words.Quoted(site.Devices[its].Id)} measures no {Amounts.Name(unit.Quantity)}",
            $"a rate of {Words.Or([.. points.Select(p => Amounts.Name(p.Unit.Quantity)).Distinct()])}, such as 0.1 {points[0].Unit.Symbol}/s");
        return false;
    }

    private void CheckOverlap(SectionReader section, ScenarioEntry entry)
    {
        foreach (var (other, line) in _taken)
        {
            if (other.Bus == entry.Bus && other.Device == entry.Device && other.Fault.Layer == entry.Fault.Layer && entry.Overlaps(other))
            {
                faults.Add(
                    section.PlaceOf("at"), $"the fault begins or holds while the one of line {line} does",
                    other.For is null ? $"a 'for' in line {line}, which holds to the end without one" : "another 'at', or a shorter 'for': one of a kind at a time");
                return;
            }
        }
    }
}
