using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>outputs</c>: what the node drives, its two positions by the plant's words, and how it is proved.</summary>
internal sealed class OutputsSection(SiteDraft draft)
{
    // Names of the output's own points, and a key of 'proof'.
    private static readonly string[] Taken = ["safe", "fault", "read-back", "hand", "auto", "within"];

    private FaultList Faults => draft.Faults;

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "outputs", draft.Faults) is not { } items)
        {
            draft.OutputsAreUnclear = node is not null;
            return;
        }

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Outputs)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} outputs", $"at most {SiteLimits.Outputs}");
                draft.OutputsAreUnclear = true;
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Output, draft.Faults) is { } section)
                new OutputsSection(draft).Output(section);
            else
                draft.OutputsAreUnclear = true;
        }
    }

    private void Output(SectionReader section)
    {
        var id = Scalars.Id(section["id"], Faults);
        draft.OutputsAreUnclear |= id is null;
        if (id is not null)
        {
            draft.ClaimTag(id, "an output", section["id"]!.At);
            draft.DeviceById.TryAdd(id, new DeviceDraft(id) { IsUnclear = true });
        }

        var words = PositionWords(section);
        var normal = Position(section["normal"], words);
        var safe = Position(section["safe"], words);
        if (normal is not null && normal == safe)
            Faults.Add(section["safe"]!.At, $"the safe state is the normal one, {Words.Quoted(words.Of(safe.Value))}, and a trip would change nothing", $"safe: {words.Of(!safe.Value)}");

        var places = new OutputPlaces(draft);
        var place = places.Read(section, id ?? "", words, out var home);
        var feedback = new OutputFeedback(id ?? "", home, draft);
        var proof = feedback.Proof(section["proof"], words);
        var readBack = Contacts.Read(section["read-back"], $"{id}.read-back", home, draft);
        var within = Sizes.Duration(section["read-back-within"], SiteLimits.ReadBackWithin, Faults);
        if (within is not null && section["read-back"] is null)
            Faults.Add(section.PlaceOf("read-back-within"), "'read-back-within' stands without 'read-back'", "the contact that shows what the relay does, or no 'read-back-within'");
        var minimum = Sizes.Duration(section["minimum-safe"], SiteLimits.MinimumSafe, Faults) ?? TimeSpan.Zero;
        var switched = feedback.HandOffAuto(section["hand-off-auto"]);
        var backstops = Backstops(section["backstop"]);
        var accepted = Scalars.Text(section["safe-needs-energy-accepted"], Faults);
        var hold = Sizes.Duration(section["hold-through-restart"], SiteLimits.HoldThroughRestart, Faults) ?? TimeSpan.Zero;

        var output = new OutputDraft(id ?? "", draft.Outputs.Count, section);
        if (id is null || !draft.OutputById.TryAdd(id, output))
            return;
        draft.Outputs.Add(output);
        if (place is null || normal is null || safe is null)
            return;

        output.Options = new OutputOptions(id, place, words.Energised, words.DeEnergised, normal.Value, safe.Value)
        {
            Backstops = backstops, EnergyAccepted = accepted, Proof = proof, ReadBack = readBack?.Index, MinimumSafe = minimum, HandOffAuto = switched, HoldThroughRestart = hold,
        };
        if (within is { } time)
            output.Options = output.Options with { ReadBackWithin = time };
        OutputSense.Check(output, draft);
    }

    private PositionWords PositionWords(SectionReader section)
    {
        var energised = Word("energised");
        var deEnergised = Word("de-energised");
        if (energised == deEnergised)
            Faults.Add(section["de-energised"]!.At, $"both positions are called {Words.Quoted(energised)}", "two words, such as open and closed");
        return new PositionWords(energised, deEnergised);

        string Word(string key)
        {
            if (Scalars.Id(section[key], Faults) is not { } word)
                return key;
            if (!Taken.Contains(word) && (key == "energised" ? "de-energised" : "energised") != word)
                return word;
            Faults.Add(section[key]!.At, $"a position is not called {Words.Quoted(word)}, which is the name of something else", "the plant's word, such as open, closed, run or stopped");
            return key;
        }
    }

    /// <summary>True for energised.</summary>
    private bool? Position(YamlNode? node, PositionWords words)
    {
        var expected = $"{words.Energised} or {words.DeEnergised}";
        if (Scalars.Read(node, expected, Faults) is not { } scalar)
            return null;
        if (words.Energised == scalar.Text || words.DeEnergised == scalar.Text)
            return words.Energised == scalar.Text;
        Faults.Add(
            scalar.At, $"{Words.Quoted(scalar.Text)} is not a position of the output",
            expected + (words.Energised == "energised" ? ", or the plant's words under 'energised' and 'de-energised'" : ""), Suggest.Nearest(scalar.Text, [words.Energised, words.DeEnergised]));
        return null;
    }

    private ImmutableArray<Backstop> Backstops(YamlNode? node)
    {
        var all = ImmutableArray.CreateBuilder<Backstop>();
        foreach (var item in Scalars.OneOrMore(node, "backstops", Faults))
        {
            if (Scalars.Choice(item, SiteGrammar.Backstop, Faults) is not { } word)
                continue;
            var backstop = (Backstop)SiteGrammar.Backstop.Values.IndexOf(word);
            if (all.Contains(backstop))
                Faults.Add(item.At, $"{Words.Quoted(word)} is already in the list", "each backstop once");
            else
                all.Add(backstop);
        }

        return all.ToImmutable();
    }
}

/// <summary>What the plant calls the two positions of an output.</summary>
internal sealed record PositionWords(string Energised, string DeEnergised)
{
    public string Of(bool energised) => energised ? Energised : DeEnergised;
}

/// <summary>An output while its parts come together.</summary>
/// <param name="Id">Tag name.</param>
/// <param name="Index">Position in the site.</param>
/// <param name="Section">Its keys, for the places of faults.</param>
internal sealed record OutputDraft(string Id, int Index, SectionReader Section)
{
    /// <summary>Null when faulty.</summary>
    public OutputOptions? Options { get; set; }
}
