using System.Globalization;
using System.Reflection;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Which tests stand for which case of facts/modbus.md section 4; a required case without a test fails here.</summary>
public class CaseTable(ITestOutputHelper output)
{
    private static readonly int[] Required =
        [.. Enumerable.Range(1, 84)];

    /// <summary>Cases that need other people's programs, and so stand in the other assembly.</summary>
    private static readonly (int Case, string Test, string File)[] Elsewhere =
        [(84, "InteropTests.Every_function_is_understood", "tests/EdgeNode.IntegrationTests/Interop/InteropTests.cs")];

    [Fact]
    public void Every_required_case_has_a_test()
    {
        foreach (var (_, test, file) in Elsewhere)
            Assert.Contains(test.Split('.')[1], File.ReadAllText(Path.Combine(House.Repository.Root, file)), StringComparison.Ordinal);
        var tests = (
            from type in typeof(CaseTable).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            where method.GetCustomAttributes().Any(a => a is FactAttribute || a.GetType().Name == "PropertyAttribute")
            from trait in method.GetCustomAttributes<TraitAttribute>()
            where trait.Name == "modbus-case"
            select (Case: int.Parse(trait.Value, CultureInfo.InvariantCulture), Name: $"{type.Name}.{method.Name}")).Concat(Elsewhere.Select(e => (e.Case, Name: e.Test))).ToLookup(t => t.Case, t => t.Name);

        foreach (var number in Required.Union(tests.Select(t => t.Key)).Order())
            output.WriteLine($"{number,3}  {string.Join("\n     ", tests[number].DefaultIfEmpty("MISSING").Select(n => n.Replace('_', ' ')))}");

        Assert.Equal(84, Required.Length);
        Assert.DoesNotContain(Required, number => !tests.Contains(number));
    }
}
