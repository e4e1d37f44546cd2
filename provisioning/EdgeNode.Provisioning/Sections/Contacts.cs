using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// Contacts: inputs, limit switches, the contact of a relay, those of a hand-off-auto switch. Each is a line of a GPIO chip, and then a
/// switch device of its own with one point, or a digital point that another device has already.
/// </summary>
internal static class Contacts
{
    private const string Form = "a line of the GPIO chip such as 23, a point such as DI-1.closed, or { line: 23, active: low }";
    private const string PointForm = "a digital point such as DI-1.closed (unit 1), or an input";

    private static readonly string[] LineOnly = ["bus", "line", "active", "pull", "debounce", "every"];

    /// <summary>The bounce of a relay or push button is over after some milliseconds. Our own figure.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(20);

    /// <summary>A person does not press shorter.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    /// <summary>A contact is told when it changes, and as a sign of life: ten readings a second of each button would fill the spool.</summary>
    private static readonly ReportOptions OnChange = new(1, TimeSpan.FromMinutes(1));

    /// <summary>The keys bus, line, of, active, pull, debounce and every of a section.</summary>
    /// <param name="section">An input or a contact.</param>
    /// <param name="device">Id of the switch device, where it becomes one.</param>
    /// <param name="name">Name of its point.</param>
    /// <param name="home">The bus where none is written; null: one must be.</param>
    /// <param name="draft">The site.</param>
    public static PointDraft? Read(SectionReader section, string device, string name, BusDraft? home, SiteDraft draft)
    {
        var faults = draft.Faults;
        if (section["of"] is { } of)
        {
            foreach (var key in LineOnly.Where(k => section[k] is not null))
                faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} means nothing with 'of'", "a point of another device as it is: 'of' alone; turn it round there with scale: -1 and offset: 1");
            return Point(of, draft);
        }

        var bus = section["bus"] is null ? home : Lines.Chip(section["bus"], draft);
        var line = LineKeys.Read(section, "line", Debounce, faults);
        var every = Sizes.Duration(section["every"], SiteLimits.Every, faults) ?? Every;
        if (section["line"] is null && !section.HasUnknown)
            faults.Add(section.At, "nothing says where the contact is", "'bus' and 'line', or 'of' with a point of another device");
        else if (section["bus"] is null && home is null && !section.HasUnknown)
            faults.Add(section.At, "the key 'bus' is missing", "with 'line': the GPIO chip that the line belongs to");
        return line is null ? null : Add(line, section["line"]!.At, device, name, bus, every, draft);
    }

    /// <summary>A contact in one word, or with keys.</summary>
    public static PointDraft? Read(YamlNode? node, string name, BusDraft? home, SiteDraft draft)
    {
        if (node is null)
            return null;
        if (node is YamlMapping)
            return SectionReader.Open(node, SiteGrammar.Contact, draft.Faults) is { } section ? Read(section, name, name, home is { Drivers: DriverBus.Gpio } ? home : null, draft) : null;
        if (Scalars.Read(node, Form, draft.Faults) is not { } scalar)
            return null;
        var dot = scalar.Text.IndexOf('.', StringComparison.Ordinal);
        if (home is not { Drivers: DriverBus.Gpio } || draft.PointByName.ContainsKey(scalar.Text) || draft.InputIds.Contains(scalar.Text)
            || (dot > 0 && draft.DeviceById.ContainsKey(scalar.Text[..dot])))
        {
            return home is null && Numbers.TryWhole(scalar.Text, out _) ? null : Point(node, draft);
        }

        var line = LineKeys.Line(node, new LineOptions(-1, null, false, LinePull.AsIs, Debounce), draft.Faults);
        return line is null ? null : Add(line, node.At, name, name, home, Every, draft);
    }

    /// <summary>A digital point, or an input by its id.</summary>
    private static PointDraft? Point(YamlNode node, SiteDraft draft)
    {
        if (Scalars.Read(node, PointForm, draft.Faults) is not { } scalar)
            return null;
        if (draft.InputIds.Contains(scalar.Text))
            return draft.InputById.GetValueOrDefault(scalar.Text);
        if (Numbers.TryWhole(scalar.Text, out _))
        {
            draft.Faults.Add(node.At, $"the line {Words.Quoted(scalar.Text)} belongs to no GPIO chip here", PointForm + ", or { bus: gpio0, line: " + scalar.Text + " }");
            return null;
        }

        if (PointReference.Find(node, draft) is not { } point)
            return null;
        if (point.Unit is null or { Symbol: "1" })
            return point;
        draft.Faults.Add(node.At, $"{Words.Quoted(point.Name)} measures {Amounts.Name(point.Unit.Quantity)} and is no contact", PointForm);
        return null;
    }

    private static PointDraft? Add(LineOptions line, Place at, string device, string name, BusDraft? bus, TimeSpan every, SiteDraft draft)
    {
        draft.Claim(bus, $"line {line.Shown}", name, at);
        var point = draft.AddPoint(new PointDraft(name, draft.Points.Count, draft.Devices.Count, every) { Unit = UnitTable.Get("1"), Scale = 1, Report = OnChange }, at);
        draft.Devices.Add(new SwitchOptions(device, bus?.Index ?? -1, every, line, point?.Index ?? -1));
        return point;
    }
}

/// <summary>Lines that the node drives, and the chips that they belong to.</summary>
internal static class Lines
{
    /// <summary>A GPIO chip by the id of its bus; null with a fault, or where an earlier fault explains it.</summary>
    public static BusDraft? Chip(YamlNode? node, SiteDraft draft)
    {
        if (DevicesSection.Bus(node, draft) is not { } bus)
            return null;
        if (bus.Drivers == DriverBus.Gpio || (bus.Drivers is null && bus.Options is null))
            return bus;
        draft.Faults.Add(node!.At, $"the bus {Words.Quoted(bus.Id)} is no GPIO chip and has no lines", "a bus such as gpio0: { gpio: /dev/gpiochip0 }");
        return null;
    }

    /// <summary>bus, line, active and pull of a section: a line that is the owner's alone.</summary>
    public static LineOutput? Driven(SectionReader section, string owner, SiteDraft draft)
    {
        var bus = Chip(section["bus"], draft);
        var line = LineKeys.Read(section, "line", null, draft.Faults);
        if (line is null)
            return null;
        draft.Claim(bus, $"line {line.Shown}", owner, section["line"]!.At);
        return new LineOutput(bus?.Index ?? -1, line);
    }
}
