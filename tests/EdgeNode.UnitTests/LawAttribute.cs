using System.Globalization;
using FsCheck.Xunit;
using Xunit.v3;

namespace EdgeNode.UnitTests;

/// <summary>
/// What holds for every case that FsCheck can draw. The cases of <c>./build.sh test</c> come from the commit that it tests: new ones with each commit, and the same on
/// every machine, so that a red build is red for everybody. <c>./build.sh laws</c> draws others, and many more. Started by itself (an IDE) a law draws new ones each time.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
#pragma warning disable xUnit3003 // The place in the source would go to the constructor of FsCheck's attribute, which takes none.
public sealed class LawAttribute : PropertyAttribute, ITraitAttribute
#pragma warning restore xUnit3003
{
    private static readonly int Times = int.Parse(Setting("EDGENODE_LAW_TIMES", "1"), CultureInfo.InvariantCulture);

    public LawAttribute()
    {
        Replay = Setting("EDGENODE_LAW_SEED", "");
        MaxTest = 100;
    }

    /// <summary>How many cases `test` draws; 100 unless told.</summary>
    public new int MaxTest
    {
        get => base.MaxTest;
        set => base.MaxTest = value * Times;
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("kind", "law")];

    private static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? set : otherwise;
}
