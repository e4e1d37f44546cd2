using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>inputs</c>: contacts that alarms, suppressions and trips name by their id, and buttons and key switches that mean something to the node.</summary>
internal static class InputsSection
{
    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "inputs", draft.Faults) is not { } items)
            return;

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Inputs)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} inputs", $"at most {SiteLimits.Inputs}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Input, draft.Faults) is { } section)
                Input(section, draft);
        }
    }

    private static void Input(SectionReader section, SiteDraft draft)
    {
        var id = Scalars.Id(section["id"], draft.Faults);
        if (id is not null)
            draft.ClaimTag(id, "an input", section["id"]!.At);
        var means = Scalars.Choice(section["means"], SiteGrammar.Means, draft.Faults);
        var point = Contacts.Read(section, id ?? "", $"{id}.state", null, draft);
        if (id is null)
            return;

        draft.DeviceById.TryAdd(id, new DeviceDraft(id) { IsUnclear = point is null });
        if (point is null || !draft.InputById.TryAdd(id, point))
            return;
        draft.InputPlaces.Add(section.PlaceOf("of"));
        if (means is not null)
            ContactSense.CheckTime(section, id, means, point, draft);
        draft.Inputs.Add(new InputOptions(id, point.Index, means is null ? InputMeaning.None : (InputMeaning)(SiteGrammar.Means.Values.IndexOf(means) + 1)));
    }
}
