using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Profiles;

/// <summary>The files of hardware/profiles, and what is said of a wrong one: a fault in them is found here, and never by a technician.</summary>
public sealed class ProfileFileTests
{
    private static readonly string Folder = Path.Combine(TestFiles.Root, "hardware", "profiles");

    public static TheoryData<string> Names() => [.. TestFiles.Profiles.Names];

    private const string Small = """
        maker: Maker
        model: M-1
        class: pressure transmitter
        sources: { manual: "https://maker.example/m-1" }
        registers:
          - { name: pressure, function: 3, register: 0, type: float32, unit: bar, source: manual }

        """;

    [Fact]
    public void Every_file_is_part_of_the_program() =>
        Assert.Equal(
            Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal),
            DeviceProfiles.All.Keys.Select(n => n + ".yaml").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_of_the_program_is_without_fault(string name)
    {
        var result = ProfileFile.Parse(name, DeviceProfiles.All[name]);

        Assert.Empty(result.Faults);
        Assert.Null(DriverTable.Find(name));
        Assert.All(result.Profile!.Registers, r => Assert.Matches("^[a-z]+(-[a-z0-9]+|-L[123])*$", r.Name));
        Assert.All(result.Profile.Registers, r => Assert.False(result.Profile.Limits.NeverRead.Any(n => r.Register.Register <= n.Last && n.First <= r.Register.Register)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_has_no_unit_of_its_own_says_so_in_its_name_and_in_a_note(string name)
    {
        var profile = TestFiles.Profiles.Find(name)!;
        var raw = profile.Registers.Where(r => r.Unit.Symbol == "count").ToList();

        Assert.All(raw, r => Assert.Contains("raw", r.Name, StringComparison.Ordinal));
        Assert.True(raw.Count == 0 || profile.Notes.Any(n => n.Contains("left out", StringComparison.Ordinal)), name);
    }

    [Theory]
    [InlineData("source: manual }", "source: manuel }", "there is no source 'manuel'; expected manual")]
    [InlineData(", source: manual }", " }", "the key 'source' is missing; expected in a register of a profile: name, type, unit, source")]
    [InlineData("maker: Maker\n", "", "the key 'maker' is missing; expected in a profile: maker, model, class, sources, registers")]
    [InlineData("sources: { manual: \"https://maker.example/m-1\" }", "sources: {}", "'sources' has no source; expected names and where to find them, such as manual: \"https://...\"")]
    [InlineData("manual }", "manual, optional: true }", "no register is read unless a site file names it; expected at least one that is not optional")]
    [InlineData("class:", "max-registers: 1\nclass:", "the type takes more registers than 'max-registers' allows")]
    [InlineData("unit: bar", "unit: bra", "'bra' is not a unit; expected a unit such as bar, l/min, m3, kW, Cel, % or 1; did you mean 'bar'?")]
    [InlineData("class:", "serial: { baud: 9601 }\nclass:", "'9601' is not a baud rate; expected 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 576000 or 921600; did you mean '9600'?")]
    [InlineData("class:", "makr: x\nclass:", "'makr' is not a key of a profile; expected maker, model, class, serial, timeout, max-registers, max-gap, never-read, any-unit-echo, sources, notes, identify, registers or status")]
    [InlineData("registers:", "status: { function: 3, register: 9, type: uint16, failure: 0 }\nregisters:", "the key 'source' is missing; expected in a status word of a profile: type, source")]
    [InlineData("registers:", "status: { function: 3, register: 9, type: uint16, failure: 0, of: [ flow ], source: manual }\nregisters:", "the profile has no register 'flow'; expected pressure")]
    [InlineData("registers:", "status: { function: 3, register: 9, type: uint16, failure: 16, source: manual }\nregisters:", "'16' is no bit of this word; expected a bit from 0 to 15 or a span of bits such as 0..3, bit 0 the least significant")]
    public void A_wrong_profile_is_answered_in_a_sentence(string right, string wrong, string sentence)
    {
        Assert.Empty(ProfileFile.Parse("maker-m1", Small).Faults);

        var faults = ProfileFile.Parse("maker-m1", Small.Replace(right, wrong, StringComparison.Ordinal)).Faults;

        Assert.Contains(sentence, faults.Select(f => f.Message));
    }

    [Fact]
    public void A_source_that_no_row_names_is_a_fault() =>
        Assert.Equal(
            "no register has the source 'blog'; expected sources that the rows name",
            Assert.Single(ProfileFile.Parse("m1", Small.Replace("sources: { ", "sources: { blog: b, ", StringComparison.Ordinal)).Faults).Message);

    [Fact]
    public void A_profile_has_a_lower_case_name() =>
        Assert.StartsWith("'M1' is not the name of a profile", Assert.Single(ProfileFile.Parse("M1", Small).Faults).Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_register_twice_is_a_fault() =>
        Assert.Equal(
            "the profile already has a register 'pressure'; expected a name of its own",
            Assert.Single(ProfileFile.Parse("m1", Small + Small[Small.IndexOf("  - {", StringComparison.Ordinal)..]).Faults).Message);

    [Fact]
    public void The_rows_and_words_have_every_key_that_a_site_file_gives_them()
    {
        Assert.Empty(SiteGrammar.Register.Keys.Except(ProfileGrammar.Register.Keys));
        Assert.Empty(SiteGrammar.Status.Keys.Except(ProfileGrammar.Status.Keys));
    }

    [Fact]
    public void A_status_word_has_its_bits_its_quantities_and_its_source()
    {
        var word = Assert.Single(TestFiles.Profiles.Find("tuf-2000m")!.Status);
        Assert.Equal((0x0D11UL, 0x20UL, 0x0EUL, 0x200UL), (word.Word.Failure, word.Word.FunctionCheck, word.Word.OutOfSpecification, word.Word.MaintenanceRequired));
        Assert.Equal(["flow", "velocity", "total-raw"], word.Of);
        Assert.Equal(("bits", true), (word.Source, word.Note is not null));
    }

    [Fact]
    public void The_readme_lists_every_profile_and_every_driver()
    {
        var page = File.ReadAllText(Path.Combine(TestFiles.Root, "hardware", "README.md"));
        var rows = TestFiles.Profiles.Names.Select(n => Row(TestFiles.Profiles.Find(n)!)).Concat(DriverTable.All.Select(Row));
        var missing = rows.Where(r => !page.Contains(r, StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, "These rows are missing in hardware/README.md:\n" + string.Join('\n', missing));
        Assert.Equal(TestFiles.Profiles.Names.Length, page.Split('\n').Count(l => l.StartsWith("| [`", StringComparison.Ordinal)));
    }

    private static string Row(DeviceProfile p) =>
        $"| [`{p.Name}`](profiles/{p.Name}.yaml) | {p.Maker} {p.Model} | {p.Class} | {Shown(p.Registers)} | {(p.Notes.IsEmpty ? "" : "yes")} |";

    private static string Row(Driver d) =>
        $"| `{d.Name}` | {d.Bus} | {(d.Quantities.IsEmpty ? "by the site file" : string.Join(", ", d.Quantities.Select(q => d.OnRequest.Contains(q.Name) ? $"({q.Name})" : q.Name)))} |";

    /// <summary>Channels as first and last.</summary>
    private static string Shown(IReadOnlyList<ProfileRegister> rows)
    {
        var names = rows.Select(r => r.Optional ? $"({r.Name})" : r.Name).ToList();
        return names.Count > 12 || (names.Count == 8 && char.IsAsciiDigit(names[0][^1])) ? $"{names[0]} to {names[^1]}" : string.Join(", ", names);
    }
}
