using System.Text.Json;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The native executable with its audit trail and its history: on a disk that did them harm, and asked while it runs.</summary>
public sealed class TrailAndHistoryTests : IDisposable
{
    /// <summary>The trail checked by somebody else's code, from the README alone.</summary>
    private const string Check = """
        import sys, json, hashlib, glob
        prev, n = '0' * 64, 0
        for path in sorted(glob.glob(sys.argv[1] + '/audit-*.jsonl')):
            for line in open(path, 'rb'):
                hashed, rest = line.rsplit(b',"hash"', 1)
                entry = json.loads(line)
                n += 1
                assert entry['hash'] == hashlib.sha256(hashed).hexdigest(), line
                assert entry['prev'] == prev and entry['n'] == n, line
                prev = entry['hash']
        print(n, prev)
        """;

    private readonly TempFolder _folder = new();
    private readonly ITestOutputHelper _output;
    private readonly string _site;
    private readonly string _data;

    public TrailAndHistoryTests(ITestOutputHelper output)
    {
        _output = output;
        _data = _folder.File("data");
        _site = _folder.Write("site.yaml", SiteText.Of([FreePort.Next()], FreePort.Next(), units: 1, points: 1));
    }

    private string History => Path.Combine(_data, "history", "history.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cut to 100 bytes")]
    [InlineData("empty")]
    [InlineData("gone")]
    [InlineData("a foreign file")]
    [InlineData("a log of rubbish")]
    public async Task A_damaged_history_is_an_alarm_and_is_rebuilt_while_the_gateway_runs(string damage)
    {
        await RunAsync();
        switch (damage)
        {
            case "empty":
                await File.WriteAllBytesAsync(History, [], TestContext.Current.CancellationToken);
                break;
            case "gone":
                File.Delete(History);
                break;
            case "a foreign file":
                await File.WriteAllTextAsync(History, new string('x', 100_000), TestContext.Current.CancellationToken);
                break;
            case "a log of rubbish":
                var rubbish = new byte[100_000];
                new Random(1).NextBytes(rubbish);
                await File.WriteAllBytesAsync(History.Replace("history.db", "history-log.db", StringComparison.Ordinal), rubbish, TestContext.Current.CancellationToken);
                break;
            default:
                using (var file = File.Open(History, FileMode.Open))
                {
                    file.SetLength(100);
                }

                break;
        }

        await RunAsync(async gateway =>
        {
            await gateway.WaitForLineAsync("Alarm NODE-HISTORY raised");
            await gateway.WaitForLineAsync("Alarm NODE-HISTORY cleared");
            Assert.Equal("history", await HistoryAsync());
        });
        var (code, shown, error) = await GatewayProcess.VerbAsync("audit", "show", "--data", _data);
        Assert.True(code == 0, error);
        Assert.Contains("history-damage", shown, StringComparison.Ordinal);
        Assert.Equal(damage != "gone", Directory.EnumerateFiles(Path.Combine(_data, "history", "quarantine")).Any());
    }

    [Fact]
    public async Task A_history_that_another_process_holds_keeps_the_gateway_from_nothing()
    {
        await RunAsync();
        await using var holder = PeerProcess.Start("flock", "util-linux", [History, "-c", "echo held; exec sleep 60"]);
        await holder.WaitForLineAsync("held");
        await RunAsync(async gateway =>
        {
            await gateway.WaitForLineAsync("is locked by another process");
            Assert.Equal("history", await HistoryAsync());
        });
    }

    [Fact]
    public async Task Without_a_place_for_history_and_trail_the_gateway_runs_and_says_so()
    {
        // A file where a folder is due: also root cannot write there.
        Directory.CreateDirectory(_data);
        await File.WriteAllTextAsync(Path.Combine(_data, "history"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_data, "audit"), "", TestContext.Current.CancellationToken);
        await RunAsync(async gateway =>
        {
            await gateway.WaitForLineAsync("Alarm NODE-HISTORY raised");
            await gateway.WaitForLineAsync("Alarm NODE-AUDIT raised");
            Assert.Equal("journal", await HistoryAsync());
        });
    }

    [Fact]
    public async Task The_trail_holds_after_a_kill_by_our_own_check_and_by_a_strangers_and_a_changed_byte_is_named()
    {
        await RunAsync();
        await RunAsync(VerifySoundAsync, Signal.Kill);
        await RunAsync();
        await VerifySoundAsync(null!);
        var (checkCode, newest, checkError) = await GatewayProcess.EndAsync("python3", "-c", Check, Path.Combine(_data, "audit"));
        Assert.True(checkCode == 0, checkError);
        _output.WriteLine(newest);

        var anchor = newest.Trim().Replace(' ', ':');
        Assert.Equal(0, (await GatewayProcess.VerbAsync("audit", "verify", "--data", _data, "--anchor", anchor)).Code);
        var path = Path.Combine(_data, "audit", "audit-0000000001.jsonl");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, text[..(text.TrimEnd().LastIndexOf('\n') + 1)], TestContext.Current.CancellationToken);
        var (code, said, _) = await GatewayProcess.VerbAsync("audit", "verify", "--data", _data, "--anchor", anchor);
        Assert.Equal(1, code);
        Assert.Contains("is not in the trail", said, StringComparison.Ordinal);

        await File.WriteAllTextAsync(path, text.Replace("\"clean\":false", "\"clean\":true ", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (code, said, _) = await GatewayProcess.VerbAsync("audit", "verify", "--data", _data, "--json");
        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(said);
        var fault = json.RootElement.GetProperty("faults")[0];
        Assert.Equal("audit-0000000001.jsonl", fault.GetProperty("file").GetString());
        Assert.Contains("was changed", fault.GetProperty("what").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_revision_of_the_site_file_is_entered()
    {
        await RunAsync();
        await File.AppendAllTextAsync(_site, "# changed\n", TestContext.Current.CancellationToken);
        await RunAsync();
        var (_, shown, _) = await GatewayProcess.VerbAsync("audit", "show", "--data", _data);
        Assert.Single(shown.Split('\n'), l => l.Contains("  revision  ", StringComparison.Ordinal));
    }

    private async Task VerifySoundAsync(PeerProcess gateway)
    {
        var (code, said, error) = await GatewayProcess.VerbAsync("audit", "verify", "--data", _data);
        Assert.True(code == 0, said + error);
    }

    /// <summary>Where the alarm history of the running gateway comes from.</summary>
    private async Task<string> HistoryAsync()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("alarms", "history", "--data", _data, "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("source").GetString()!;
    }

    private async Task RunAsync(Func<PeerProcess, Task>? meanwhile = null, Signal end = Signal.Terminate)
    {
        await using var gateway = GatewayProcess.Run(_site, _data);
        await gateway.WaitForLineAsync("epoch");
        if (meanwhile is not null)
        {
            await meanwhile(gateway);
        }

        await gateway.StopAsync(end);
        Assert.True(end == Signal.Kill || gateway.ExitCode == 0, gateway.Output);
    }
}
