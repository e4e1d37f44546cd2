using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>A point by its name, DEVICE.QUANTITY, wherever a section speaks of one.</summary>
internal static class PointReference
{
    private const string Form = "a point such as PT-101.pressure: a device, a dot, and the name of one of its registers";

    /// <summary>Null when there is none: with a fault, unless an earlier fault explains it.</summary>
    public static PointDraft? Find(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.Read(node, Form, draft.Faults) is not { } scalar)
            return null;
        var text = scalar.Text;
        if (draft.PointByName.TryGetValue(text, out var point))
            return point;

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var device = dot < 0 ? text : text[..dot];
        if (draft.GroupIds.Contains(device) && !draft.DeviceById.ContainsKey(device))
        {
            var group = draft.GroupById.GetValueOrDefault(device);
            if (group is null || dot < 0)
                draft.Faults.Add(scalar.At, dot < 0 ? $"{Words.Quoted(text)} is a group" : $"{Words.Quoted(text)} is of a group", "a point of a device here");
            else if (group.Options is not null) // a faulty group has no points, and that has been said
                draft.Faults.Add(scalar.At, $"the group {Words.Quoted(device)} has no {Words.Quoted(text[(dot + 1)..])}", Quantities(device, draft), Near(text, draft));
            return null;
        }

        var known = draft.DeviceById.TryGetValue(device, out var its);
        if (dot < 0)
            draft.Faults.Add(scalar.At, $"{Words.Quoted(text)} is not a point", known ? Quantities(device, draft) : Form, known ? null : Near(text, draft));
        else if (its is null && !draft.DevicesAreUnclear)
            draft.Faults.Add(scalar.At, $"there is no device {Words.Quoted(device)}", "a point of one of the devices", Near(text, draft) ?? NearDevice(device, draft));
        else if (its is { IsUnclear: false } && its.Unread.Contains(text[(dot + 1)..]))
            draft.Faults.Add(scalar.At, $"the device {Words.Quoted(device)} does not read {Words.Quoted(text[(dot + 1)..])}", $"{Words.Quoted(text[(dot + 1)..])} among its 'quantities'");
        else if (its is { IsUnclear: false })
            draft.Faults.Add(scalar.At, $"the device {Words.Quoted(device)} has no {Words.Quoted(text[(dot + 1)..])}", Quantities(device, draft), Near(text, draft));
        return null;
    }

    private static string? Near(string text, SiteDraft draft) => Suggest.Nearest(text, draft.PointByName.Keys);

    private static string? NearDevice(string device, SiteDraft draft) => Suggest.Nearest(device, draft.DeviceById.Keys);

    private static string Quantities(string device, SiteDraft draft)
    {
        var names = draft.PointByName.Keys.Where(n => n.StartsWith(device + ".", StringComparison.Ordinal)).Take(9).ToList();
        return names.Count is 0 or 9 ? Form : Words.Or(names);
    }
}
