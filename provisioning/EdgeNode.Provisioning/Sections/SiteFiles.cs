using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// Files that a site file names: relative to the site file, and there at the time of the check. Only the uplink needs them, and it looks at
/// each connect; so one that is missing stops no run.
/// </summary>
/// <param name="fileName">The site file as the technician named it, for the sentences.</param>
/// <param name="baseDirectory">Where it lies.</param>
internal sealed class SiteFiles(string fileName, string baseDirectory)
{
    /// <summary>The absolute path, with a fault when there is no such file; null when none is named.</summary>
    public string? Find(YamlNode? node, FaultList faults)
    {
        if (Scalars.Text(node, faults) is not { } name)
            return null;

        var path = Path.GetFullPath(Path.Combine(baseDirectory, name));
        if (File.Exists(path))
            return path;

        // As seen from where the technician stands, not from the site file.
        var shown = Path.Combine(Path.GetDirectoryName(fileName) ?? "", name);
        faults.Add(
            node!.At,
            Directory.Exists(path) ? $"{Words.Quoted(shown)} is a directory" : $"the file {Words.Quoted(shown)} does not exist",
            "the name of a file, relative to the site file",
            stopsRun: false);
        return path;
    }
}
