using System.Globalization;
using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The native executable: what a site comes to, and what is in a spool while the gateway runs on it and after.</summary>
public sealed class PlanAndExportTests
{
    [Fact]
    public async Task Plan_says_what_a_site_comes_to_and_warns_in_sentences()
    {
        using var folder = new TempFolder();
        var site = folder.Write("site.yaml", SiteText.Of([FreePort.Next()], 1883, units: 10, points: 20) + "spool: { limit: 16MiB }\n");

        var (code, text, error) = await GatewayProcess.VerbAsync("plan", "--site", site, "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(text);
        var most = json.RootElement.GetProperty("most");
        Assert.InRange(most.GetProperty("spoolBytesPerReading").GetDouble(), 3, 24);
        Assert.InRange(
            most.GetProperty("bufferSeconds").GetDouble() * most.GetProperty("readingsPerSecond").GetDouble() * most.GetProperty("spoolBytesPerReading").GetDouble(),
            11.5 * (1 << 20), 12.5 * (1 << 20));
        Assert.Contains(json.RootElement.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("less than a weekend", StringComparison.Ordinal));

        (code, text, _) = await GatewayProcess.VerbAsync("plan", "--site", site);
        Assert.Equal(0, code);
        Assert.Contains("warning: The spool lasts", text, StringComparison.Ordinal);
        Assert.Contains("a day", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_reads_beside_a_running_gateway_and_from_a_copy_and_names_what_is_broken()
    {
        using var folder = new TempFolder();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 4), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, FreePort.Next(), units: 1, points: 4));
        var data = folder.File("data");
        string[] live;
        await using (var gateway = GatewayProcess.Run(site, data))
        {
            await gateway.WaitForLineAsync("Station runs");
            await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
            live = await ExportAsync(0, "--data", data);
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            Assert.True((await ExportAsync(0, "--data", data)).Length > live.Length, "the gateway went on meanwhile");
        }

        // Elsewhere, without the site file: the folder alone, as a JSON line each, into a file.
        var copy = Path.Combine(Directory.CreateDirectory(folder.File("copy")).FullName, "spool");
        var (copied, _, error) = await GatewayProcess.EndAsync("cp", "-r", Path.Combine(data, "spool"), copy);
        Assert.True(copied == 0, error);
        var file = folder.File("all.jsonl");
        Assert.Empty(await ExportAsync(0, "--data", copy, "--format", "jsonl", "--output", file));
        var rows = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.True(rows.Length > live.Length);
        using (var first = JsonDocument.Parse(rows[0]))
        {
            Assert.Equal("1,U1.p0,count,good", string.Join(
                ',', first.RootElement.GetProperty("seq"), first.RootElement.GetProperty("point"), first.RootElement.GetProperty("unit"), first.RootElement.GetProperty("quality")));
        }

        // What was read from the living gateway is the beginning of it.
        Assert.Equal(live.Skip(1).Select(l => l.Split(',')[1]), rows.Take(live.Length - 1).Select(Seq));
        Assert.All((await ExportAsync(0, "--data", copy, "--point", "U1.p2")).Skip(1), l => Assert.Equal("U1.p2", l.Split(',')[4]));
        Assert.NotEmpty((await ExportAsync(0, "--data", copy, "--events")).Skip(1));

        // What lies at a place depends on how many events came between the scans: so each place in turn, and scans are hit on the way.
        var segment = Directory.GetFiles(copy, "journal-*")[0];
        var sound = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        var end = Array.FindLastIndex(sound, b => b != 0);
        var least = int.MaxValue;
        for (var at = end / 4; at < end - 150; at += 100)
        {
            using (var handle = File.OpenHandle(segment, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.Write(handle, sound.AsSpan(0, end + 1), 0);
                RandomAccess.Write(handle, new byte[100], at);
            }

            var (code, text, said) = await GatewayProcess.VerbAsync("spool", "export", "--data", copy);
            Assert.Equal(1, code);
            Assert.Contains(Path.GetFileName(segment), said, StringComparison.Ordinal);
            var read = text.Split('\n').Length - 2; // without the line of names, and what is behind the last one
            Assert.InRange(read, 4, rows.Length);
            least = Math.Min(least, read);
        }

        Assert.InRange(least, 4, rows.Length - 1);
    }

    private static string Seq(string row)
    {
        using var json = JsonDocument.Parse(row);
        return json.RootElement.GetProperty("seq").GetUInt64().ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<string[]> ExportAsync(int expected, params string[] arguments)
    {
        var (code, text, error) = await GatewayProcess.VerbAsync(["spool", "export", .. arguments]);
        Assert.True(code == expected, error);
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
