using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>status</c> of a Modbus device: the words by which its points go, its own or its profile's.</summary>
internal static class StatusSection
{
    private const string None = "none";

    /// <param name="device">The device's keys.</param>
    /// <param name="profile">Its profile; null without one.</param>
    /// <param name="values">What is read of it.</param>
    /// <param name="home">Where its registers are at home.</param>
    /// <param name="registers">Knows what its requests can hold.</param>
    /// <param name="draft">The site so far, the device's points included.</param>
    public static ImmutableArray<StatusWord> Read(
        SectionReader device, ProfileChoice? profile, ImmutableArray<RegisterOptions> values, RegisterHome home, RegistersSection registers, SiteDraft draft)
    {
        var named = values.Select(v => (Name: draft.Points[v.Point].Name[(home.Device.Id.Length + 1)..], Value: v)).ToArray();
        if (device["status"] is YamlScalar { Text: None } none)
        {
            if (profile is null ? device["profile"] is null : profile.Profile.Status.IsEmpty)
                draft.Faults.Add(none.At, "'none' takes the status words of a profile away, and there are none", "a status word, or no 'status'");
            return [];
        }

        if (device["status"] is { } own)
            return [.. StatusRow.Read(own, SiteGrammar.Status, draft.Faults).Select(r => Own(r, named, home, registers, draft)).OfType<StatusWord>()];
        return profile is null ? [] : [.. profile.Profile.Status.Select(s => OfProfile(s, profile, named, home, registers)).OfType<StatusWord>()];
    }

    private static StatusWord? Own(StatusRow row, (string Name, RegisterOptions Value)[] named, RegisterHome home, RegistersSection registers, SiteDraft draft)
    {
        if (row.Word is not { } word)
            return null;
        var section = row.Section;
        registers.CheckRequest(word.Register, (section["register"] ?? section["reference"])!.At, section["type"]!.At, "the status word", home);
        foreach (var quantity in row.Of ?? [])
        {
            if (!home.Device.IsUnclear && !named.Any(n => n.Name == quantity.Text))
                draft.Faults.Add(quantity.At, $"no quantity {Words.Quoted(quantity.Text)} is read of {Words.Quoted(home.Device.Id)}", Words.Or([.. named.Select(n => n.Name)]), Suggest.Nearest(quantity.Text, named.Select(n => n.Name)));
        }

        var points = Points(word, row.Of?.Select(q => q.Text).ToArray(), named);
        if (points.IsEmpty && row.Of is null && section["of"] is null && !home.Device.IsUnclear && named.Length > 0)
            draft.Faults.Add(section.At, $"nothing that is read of {Words.Quoted(home.Device.Id)} goes by this word: all of it is the word itself", "a quantity beside it, or no 'status'");
        return word with { Points = points };
    }

    /// <summary>Null when nothing that goes by it is read.</summary>
    private static StatusWord? OfProfile(ProfileStatus status, ProfileChoice profile, (string Name, RegisterOptions Value)[] named, RegisterHome home, RegistersSection registers)
    {
        var points = Points(status.Word, status.Of.IsEmpty ? null : [.. status.Of], named);
        if (points.IsEmpty)
            return null;
        registers.CheckRequest(status.Word.Register, profile.At, profile.At, $"the status word of {Words.Quoted(profile.Profile.Name)}", home);
        return status.Word with { Points = points };
    }

    /// <summary>Those that are named; without names all but those that show the word itself, since it is looked at when something is wrong.</summary>
    private static ImmutableArray<int> Points(StatusWord word, string[]? of, (string Name, RegisterOptions Value)[] named) =>
        [.. named.Where(n => of?.Contains(n.Name) ?? !Shows(n.Value, word.Register)).Select(n => n.Value.Point)];

    private static bool Shows(RegisterOptions value, RegisterOptions word) =>
        value.Function == word.Function && value.Register < word.End && word.Register < value.Register + value.Count;
}
