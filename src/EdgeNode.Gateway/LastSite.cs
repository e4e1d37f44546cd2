using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway;

/// <summary>
/// The site file that the running gateway was started with, kept in the data directory. <c>outputs safe</c> after the gateway's death goes by it
/// as well: the site file may have been changed or broken since, and the lines that were driven are those of this one.
/// </summary>
internal static class LastSite
{
    /// <summary>Its name in the data directory.</summary>
    public const string FileName = "site.last.yaml";

    /// <summary>Keeps a copy. A disk that hangs or refuses holds up nothing: the copy is for the day on which much is wrong at once.</summary>
    public static async Task KeepAsync(string path, string data, Action<string> failed)
    {
        try
        {
            await Task.Run(() =>
            {
                var bytes = File.ReadAllBytes(path);
                var kept = Path.Combine(data, FileName);
                if (File.Exists(kept) && File.ReadAllBytes(kept).AsSpan().SequenceEqual(bytes))
                {
                    return;
                }

                Directory.CreateDirectory(data);
                var next = kept + ".new";
                using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
                {
                    file.Write(bytes);
                    file.Flush(flushToDisk: true);
                }

                File.Move(next, kept, overwrite: true);
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody awaits this: whatever it is, it is said, and the gateway goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e.Message);
        }
    }

    /// <summary>The site of the run before; null when there is none, or it is not whole.</summary>
    public static Site? Load(string data, string name = FileName) => File.Exists(Path.Combine(data, name)) ? SiteFile.Load(Path.Combine(data, name), SiteReader.Profiles, FieldTimes.Of).Site : null;
}
