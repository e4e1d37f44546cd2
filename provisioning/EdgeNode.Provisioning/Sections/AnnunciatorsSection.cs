using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>annunciators</c>: lamps and sirens, and the priorities that they announce.</summary>
internal static class AnnunciatorsSection
{
    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "annunciators", draft.Faults) is not { } items)
            return;

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Annunciators)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} annunciators", $"at most {SiteLimits.Annunciators}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Annunciator, draft.Faults) is { } section && Annunciator(section, draft) is { } annunciator)
                draft.Annunciators.Add(annunciator);
        }
    }

    private static AnnunciatorOptions? Annunciator(SectionReader section, SiteDraft draft)
    {
        var faults = draft.Faults;
        var id = Scalars.Id(section["id"], faults);
        if (id is not null)
            draft.ClaimTag(id, "an annunciator", section["id"]!.At);
        var place = Lines.Driven(section, id ?? "", draft);
        var (sounds, shows) = (section["sounds"], section["shows"]);
        if (sounds is not null && shows is not null)
            faults.Add(section.PlaceOf("shows"), "an annunciator either sounds or shows", "two annunciators: a siren with 'sounds', a lamp with 'shows'");
        else if (sounds is null && shows is null && !section.HasUnknown)
            faults.Add(section.At, "nothing says what it announces", "sounds: [ critical, high ] of a siren, or shows: [ critical, high ] of a lamp");
        var silence = Scalars.Choice(section["silence"], SiteGrammar.Silence, faults);
        if (silence is not null && shows is not null && sounds is null)
            faults.Add(section.PlaceOf("silence"), "a lamp is not silenced", "'silence' only with 'sounds'");
        var priorities = Priorities(sounds ?? shows, faults);
        return id is null || place is null ? null : new AnnunciatorOptions(id, place, priorities, shows is not null) { SilenceAllowed = silence == "allowed" };
    }

    private static ImmutableArray<AlarmPriority> Priorities(YamlNode? node, FaultList faults)
    {
        var all = ImmutableArray.CreateBuilder<AlarmPriority>();
        var items = Scalars.OneOrMore(node, "priorities", faults);
        if (node is not null && items.IsEmpty)
            faults.Add(node.At, "the list of priorities is empty", Words.Or(SiteGrammar.Priority.Values));
        foreach (var item in items)
        {
            if (Scalars.Choice(item, SiteGrammar.Priority, faults) is not { } word)
                continue;
            var priority = Enum.Parse<AlarmPriority>(word, ignoreCase: true);
            if (all.Contains(priority))
                faults.Add(item.At, $"{Words.Quoted(word)} is already in the list", "each priority once");
            else
                all.Add(priority);
        }

        return all.ToImmutable();
    }
}
