using System.Globalization;
using System.Reflection;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Which tests stand for which case of facts/modbus.md section 4; a required case without a test fails here.</summary>
public class CaseTable(ITestOutputHelper output)
{
    private static readonly int[] Required =
        [.. Enumerable.Range(1, 23), .. Enumerable.Range(25, 48), .. Enumerable.Range(76, 8)];

    [Fact]
    public void Every_required_case_has_a_test()
    {
        var tests = (
            from type in typeof(CaseTable).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            where method.GetCustomAttributes().Any(a => a is FactAttribute || a.GetType().Name == "PropertyAttribute")
            from trait in method.GetCustomAttributes<TraitAttribute>()
            where trait.Name == "modbus-case"
            select (Case: int.Parse(trait.Value, CultureInfo.InvariantCulture), Name: $"{type.Name}.{method.Name}")).ToLookup(t => t.Case, t => t.Name);

        foreach (var number in Required.Union(tests.Select(t => t.Key)).Order())
            output.WriteLine($"{number,3}  {string.Join("\n     ", tests[number].DefaultIfEmpty("MISSING").Select(n => n.Replace('_', ' ')))}");

        Assert.Equal(79, Required.Length);
        Assert.DoesNotContain(Required, number => !tests.Contains(number));
    }
}
