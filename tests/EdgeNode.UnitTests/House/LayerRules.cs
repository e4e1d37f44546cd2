using System.Text.RegularExpressions;

namespace EdgeNode.UnitTests.House;

/// <summary>Who may use whom: Gateway -> its parts -> Core, and within Core each stage only what comes before it.</summary>
internal static partial class LayerRules
{
    private const string CoreName = "EdgeNode.Core";
    private const string GatewayName = "EdgeNode.Gateway";

    /// <summary>The way of a reading through Core; a stage may use Model and the stages before it. Ports belong to the edges.</summary>
    private static readonly string[] Stages = ["Model", "Validate", "Vote", "Evaluate", "Act", "Record", "Texts"];

    /// <summary>The one external package, one project rule. A new package is entered here with its project.</summary>
    private static readonly Dictionary<string, string> PackageOwner = new()
    {
        ["Microsoft.Extensions.Hosting"] = GatewayName,
        ["Microsoft.Extensions.Hosting.Systemd"] = GatewayName,
        ["Spectre.Console"] = GatewayName,
        ["System.CommandLine"] = GatewayName,
        ["LiteDB"] = "EdgeNode.Records",
        ["System.Device.Gpio"] = "EdgeNode.Hardware",
        ["MQTTnet"] = "EdgeNode.Uplink",
        ["MQTTnet.Server"] = "EdgeNode.Uplink",
        ["YamlDotNet"] = "EdgeNode.Provisioning",
    };

    /// <summary>These report by return values and counters, so not even the logging interfaces are theirs.</summary>
    private static readonly string[] WithoutPackages = [CoreName, "EdgeNode.Spool"];

    /// <summary>The fault in a reference from one product project to another, or null.</summary>
    internal static string? Reference(string from, string to) => (from, to) switch
    {
        (CoreName, _) => $"{from} -> {to}: Core references nothing",
        (GatewayName, _) => null,
        (_, CoreName) => null,
        ("EdgeNode.Simulation", "EdgeNode.Hardware") => null,
        ("EdgeNode.VirtualBench", "EdgeNode.Simulation") => null, // a program beside the gateway, which nothing references: it shows the same chip models to a kernel
        _ => $"{from} -> {to}: siblings meet only in Gateway; what one needs of another is a port in Core",
    };

    internal static IEnumerable<string> References(IEnumerable<ProjectFile> projects) =>
        projects.Where(p => p.IsProduct).SelectMany(p => p.Projects.Select(to => Reference(p.Name, to))).OfType<string>();

    /// <summary>Faults in the packages of the product projects, or in what their assemblies reference.</summary>
    internal static IEnumerable<string> Packages(string project, IEnumerable<string> packages)
    {
        foreach (var package in packages)
        {
            if (WithoutPackages.Contains(project))
                yield return $"{project}: {package}, but this project takes no package";
            else if (package == "Microsoft.Extensions.Logging.Abstractions")
                continue;
            else if (!PackageOwner.TryGetValue(package, out var owner))
                yield return $"{project}: {package} has no project in the table of packages";
            else if (owner != project)
                yield return $"{project}: {package} belongs to {owner} alone";
        }
    }

    /// <summary>Faults in where a file of Core stands and which stages it names.</summary>
    internal static IEnumerable<string> CoreStage(SourceFile file)
    {
        var folder = file.Folder["src/EdgeNode.Core".Length..].Trim('/');
        var expected = folder.Length == 0 ? CoreName : $"{CoreName}.{folder.Replace('/', '.')}";
        var code = file.Code;
        if (!Regex.IsMatch(code, $@"^namespace {Regex.Escape(expected)};", RegexOptions.Multiline))
            yield return $"{file.Path}: the namespace is not that of the folder";
        if (folder.Length == 0)
            yield break; // the step itself: it leads through all stages

        var stage = folder.Split('/')[0];
        var place = Array.IndexOf(Stages, stage);
        if (place < 0 && stage != "Ports")
            yield return $"{file.Path}: {stage} is not a stage of Core";
        foreach (var used in StageName().Matches(code).Select(m => m.Groups[1].Value).Distinct())
        {
            var allowed = used == stage || used == "Model" || (place >= 0 && Stages.AsSpan(0, place).Contains(used));
            if (!allowed && (Stages.Contains(used) || used == "Ports"))
                yield return $"{file.Path}: {stage} uses {used}, which is not before it";
        }
    }

    [GeneratedRegex(@"\bCore\.([A-Z]\w*)")]
    private static partial Regex StageName();
}
