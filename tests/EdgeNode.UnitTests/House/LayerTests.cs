using System.Reflection;

namespace EdgeNode.UnitTests.House;

public class LayerTests
{
    private static readonly string[] RuntimeAssemblies = ["System", "netstandard", "mscorlib", "Microsoft.Win32.Primitives"];

    [Fact]
    public void Projects_reference_only_downwards() => Faults.None(LayerRules.References(Repository.Projects));

    [Fact]
    public void Every_project_is_found()
    {
        string[] names = [.. Repository.Projects.Where(p => p.IsProduct).Select(p => p.Name)];
        Assert.Contains("EdgeNode.Core", names);
        Assert.Contains("EdgeNode.Gateway", names);
        Assert.True(names.Length >= 8, string.Join(' ', names));
    }

    [Theory]
    [InlineData("EdgeNode.Core", "EdgeNode.Engine")]
    [InlineData("EdgeNode.Hardware", "EdgeNode.Simulation")]
    [InlineData("EdgeNode.Uplink", "EdgeNode.Spool")]
    [InlineData("EdgeNode.Engine", "EdgeNode.Gateway")]
    [InlineData("EdgeNode.VirtualBench", "EdgeNode.Spool")]
    [InlineData("EdgeNode.Simulation", "EdgeNode.VirtualBench")]
    public void A_reference_upwards_or_sideways_is_a_fault(string from, string to) => Assert.NotNull(LayerRules.Reference(from, to));

    [Fact]
    public void Assemblies_use_only_what_lies_below_them()
    {
        var assemblies = Product().ToArray();
        Assert.Contains(assemblies, a => a.Name == "EdgeNode.Core");
        Faults.None(assemblies.SelectMany(a => a.Uses
            .Where(u => u.StartsWith("EdgeNode.", StringComparison.Ordinal)).Select(u => LayerRules.Reference(a.Name, u))).OfType<string>());
    }

    [Fact]
    public void A_package_belongs_to_one_project()
    {
        Faults.None(Repository.Projects.Where(p => p.IsProduct).SelectMany(p => LayerRules.Packages(p.Name, p.Packages)));
        Assert.Contains(Repository.Projects, p => p.Packages.Contains("MQTTnet"));
    }

    [Fact]
    public void Assemblies_use_no_package_of_another_project_behind_the_back_of_the_project_file() =>
        Faults.None(Product().SelectMany(a => LayerRules.Packages(a.Name, a.Uses.Where(u => !IsRuntime(u) && !u.StartsWith("EdgeNode.", StringComparison.Ordinal)))));

    [Theory]
    [InlineData("EdgeNode.Spool", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("EdgeNode.Core", "YamlDotNet")]
    [InlineData("EdgeNode.Engine", "MQTTnet")]
    [InlineData("EdgeNode.Engine", "Left.Pad")]
    public void A_package_in_the_wrong_project_is_a_fault(string project, string package) => Assert.Single(LayerRules.Packages(project, [package]));

    [Fact]
    public void A_stage_of_core_uses_only_the_model_and_the_stages_before_it()
    {
        Assert.NotEmpty(Repository.Core);
        Faults.None(Repository.Core.SelectMany(LayerRules.CoreStage));
    }

    [Theory]
    [InlineData("Validate", "using EdgeNode.Core.Evaluate;")]
    [InlineData("Evaluate", "using EdgeNode.Core.Ports;")]
    [InlineData("Ports", "using EdgeNode.Core.Validate;")]
    [InlineData("Model", "class A { Core.Act.Output x; }")]
    [InlineData("Shared", "")]
    public void A_stage_that_looks_ahead_is_a_fault(string stage, string code) =>
        Assert.Single(LayerRules.CoreStage(new SourceFile($"src/EdgeNode.Core/{stage}/A.cs", $"namespace EdgeNode.Core.{stage};\n{code}")));

    [Fact]
    public void A_file_of_core_in_a_foreign_namespace_is_a_fault() =>
        Assert.Single(LayerRules.CoreStage(new SourceFile("src/EdgeNode.Core/Vote/A.cs", "namespace EdgeNode.Core.Model;")));

    [Fact]
    public void Looking_back_and_speaking_of_a_later_stage_in_a_comment_are_no_faults() =>
        Assert.Empty(LayerRules.CoreStage(new SourceFile("src/EdgeNode.Core/Act/A.cs",
            "using EdgeNode.Core.Evaluate;\nnamespace EdgeNode.Core.Act;\n// see Core.Texts\nclass A { string S = \"Core.Record\"; }")));

    /// <summary>The product's assemblies beside this one. Gateway is not among them: it is the program, which no test links.</summary>
    private static IEnumerable<(string Name, string[] Uses)> Product() =>
        Directory.GetFiles(AppContext.BaseDirectory, "EdgeNode.*.dll")
            .Where(f => !Path.GetFileName(f).Contains("Tests", StringComparison.Ordinal))
            .Select(f => Assembly.Load(Path.GetFileNameWithoutExtension(f)))
            .Select(a => (a.GetName().Name!, a.GetReferencedAssemblies().Select(r => r.Name!).ToArray()));

    private static bool IsRuntime(string assembly) =>
        RuntimeAssemblies.Contains(assembly) || (assembly.StartsWith("System.", StringComparison.Ordinal) && assembly != "System.CommandLine");
}
