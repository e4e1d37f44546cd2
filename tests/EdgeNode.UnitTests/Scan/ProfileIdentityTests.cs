using EdgeNode.Core.Model;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Scan;

/// <summary>The key 'identify' of a profile.</summary>
public sealed class ProfileIdentityTests
{
    private const string Profile = """
        maker: Maker
        model: M-1
        class: pressure transmitter
        sources: { manual: "https://maker.example/m-1", letter: a letter }
        identify:
          - { maker: Maker, product: [ M-1, M-2 ], source: letter }
          - { server-id: M-1, source: manual }
          - { function: 4, register: 0x0B, value: 0x4117, source: manual }
        registers:
          - { name: pressure, function: 3, register: 0, type: float32, unit: bar, source: manual }

        """;

    [Fact]
    public void A_profile_gives_three_ways_to_tell_its_device_from_others()
    {
        var result = ProfileFile.Parse("maker-m1", Profile);
        Assert.Empty(result.Faults);
        var ways = result.Profile!.Identities;
        var name = Assert.IsType<IdentityByName>(ways[0]);
        Assert.Equal(("Maker", "M-1,M-2", "letter"), (name.Maker, string.Join(',', name.Products), name.Source));
        Assert.Equal(new IdentityByServerId("M-1", "manual"), ways[1]);
        Assert.Equal(new IdentityByRegister(4, 11, 0x4117, "manual"), ways[2]);
    }

    [Theory]
    [InlineData("server-id: M-1, source: manual", "server-id: M-1, source: blog", "there is no source 'blog'; expected letter or manual")]
    [InlineData("server-id: M-1, source: manual", "server-id: M-1", "the key 'source' is missing; expected in a way to identify: source")]
    [InlineData("server-id: M-1,", "", "nothing is said to identify by; expected 'maker' and 'product', or 'server-id', or 'function', 'register' and 'value'")]
    [InlineData("server-id: M-1,", "server-id: M-1, value: 1,", "'server-id', 'value' are not one way to identify; expected 'maker' and 'product', or 'server-id', or 'function', 'register' and 'value'")]
    [InlineData("function: 4,", "function: 2,", "'2' is not a function that reads registers; expected 3 or 4")]
    [InlineData("value: 0x4117", "value: 65536", "'65536' is not what a register holds; expected a whole number from 0 to 65535")]
    public void A_wrong_way_is_answered_in_a_sentence(string right, string wrong, string sentence) =>
        Assert.Contains(sentence, ProfileFile.Parse("maker-m1", Profile.Replace(right, wrong, StringComparison.Ordinal)).Faults.Select(f => f.Message));

    [Fact]
    public void No_two_profiles_of_the_program_know_a_device_by_the_same()
    {
        var all = TestFiles.Profiles.Names.SelectMany(n => TestFiles.Profiles.Find(n)!.Identities, (name, way) => (name, way)).ToList();
        Assert.NotEmpty(all);
        foreach (var (name, way) in all)
        {
            foreach (var (other, same) in all.Where(o => o.name != name))
                Assert.False(Overlap(way, same), $"{name} and {other}");
        }
    }

    private static bool Overlap(ProfileIdentity a, ProfileIdentity b) => (a, b) switch
    {
        (IdentityByName x, IdentityByName y) => x.Maker == y.Maker && x.Products.Any(p => y.Products.Any(q => p.StartsWith(q, StringComparison.OrdinalIgnoreCase))),
        (IdentityByServerId x, IdentityByServerId y) => x.Text.Contains(y.Text, StringComparison.OrdinalIgnoreCase),
        (IdentityByRegister x, IdentityByRegister y) => (x.Function, x.Register, x.Value) == (y.Function, y.Register, y.Value),
        _ => false,
    };
}
