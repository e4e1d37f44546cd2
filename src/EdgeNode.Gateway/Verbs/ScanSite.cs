using System.Globalization;
using System.Text;

namespace EdgeNode.Gateway.Verbs;

/// <summary>A drafted site file: what is known stands there, and what only a technician knows is marked, so that <c>check</c> names just those places.</summary>
internal sealed class ScanSite(string command)
{
    /// <summary>Stands where a technician must write something; no value of the site file looks like it.</summary>
    public const string Mark = "FILL-IN";

    private readonly List<string> _buses = [];
    private readonly List<string> _devices = [];
    private bool _hasDevice;

    /// <summary>What keeps a draft from being written to this place; null when nothing does.</summary>
    public static string? Obstacle(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (File.Exists(path) || Directory.Exists(path))
        {
            return $"{path} exists already, and a draft overwrites nothing: give --write-site another name.";
        }

        return Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder) ? $"There is no folder {folder} for {path}." : null;
    }

    public void Bus(string id, string keys) => _buses.Add($"  {id}: {{ {keys} }}");

    /// <summary>A line of explanation among the devices.</summary>
    public void Note(string text) => _devices.Add("  # " + PlainText.Of(text));

    public void Device(string id, string bus, string keys)
    {
        _hasDevice = true;
        _devices.Add($"  - {{ id: {id}, bus: {bus}, {keys} }}");
    }

    /// <summary>The file.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# A draft by `edgenode {command}`. What only you know is marked {Mark}: `edgenode check --site` names each of these places until it is filled in.");
        text.AppendLine("# The ids are made up: give each device its tag of the plant, such as PT-101, and then the points that it gives a range.");
        text.AppendLine();
        text.AppendLine("node:");
        text.AppendLine("  id: en-0000          # this node's own name");
        text.AppendLine("  site: unnamed        # the name of the place");
        text.AppendLine();
        text.AppendLine("buses:");
        _buses.ForEach(b => text.AppendLine(b));
        text.AppendLine();
        text.AppendLine("devices:");
        _devices.ForEach(d => text.AppendLine(d));
        if (!_hasDevice)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {Mark}");
        }

        return text.ToString();
    }

    /// <summary>Writes it; says where, or why not.</summary>
    /// <returns>False when it could not be written.</returns>
    public bool Write(string path)
    {
        try
        {
            // CreateNew: a file that came into being since the start is not touched either.
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(Text()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{path} cannot be written: {e.Message}");
            return false;
        }

        Console.Error.WriteLine($"A draft was written: {path}. Next: edgenode check --site {path}");
        return true;
    }

    /// <summary>A text as YAML writes it in quotes.</summary>
    public static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
