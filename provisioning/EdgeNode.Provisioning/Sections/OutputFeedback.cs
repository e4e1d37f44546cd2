using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What tells the node what an output really does: limit switches, and the contacts of a hand-off-auto switch.</summary>
internal sealed class OutputFeedback(string id, BusDraft? home, SiteDraft draft)
{
    public ProofOptions? Proof(YamlNode? node, PositionWords words)
    {
        if (node is null)
            return null;
        var read = WordKeys.Read(node, words, ["within"], $"{words.DeEnergised}: 23, {words.Energised}: 24, within: 40s", draft.Faults);
        var within = Sizes.Duration(read.GetValueOrDefault("within"), SiteLimits.Travel, draft.Faults);
        var energised = Contacts.Read(read.GetValueOrDefault(words.Energised), $"{id}.{words.Energised}", home, draft);
        var deEnergised = Contacts.Read(read.GetValueOrDefault(words.DeEnergised), $"{id}.{words.DeEnergised}", home, draft);
        if (energised is null || deEnergised is null || within is null)
            return null;
        if (energised != deEnergised)
            return new ProofOptions(energised.Index, deEnergised.Index, within.Value);
        draft.Faults.Add(node.At, $"{Words.Quoted(energised.Name)} cannot prove both positions", "a limit switch for each");
        return null;
    }

    public HandOffAutoOptions? HandOffAuto(YamlNode? node)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.HandOffAuto, draft.Faults) is not { } section)
            return null;
        var hand = Contacts.Read(section["hand"], $"{id}.hand", home, draft);
        var auto = Contacts.Read(section["auto"], $"{id}.auto", home, draft);
        if (auto is null)
            return null;
        if (hand != auto)
            return new HandOffAutoOptions(hand?.Index, auto.Index);
        draft.Faults.Add(section.At, $"{Words.Quoted(auto.Name)} cannot be both contacts of the switch", "a contact for hand and one for auto, or 'auto' alone");
        return null;
    }
}
