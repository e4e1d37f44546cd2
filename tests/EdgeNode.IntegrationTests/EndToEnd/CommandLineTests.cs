using System.Diagnostics;
using System.Text.Json;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The native executable from outside: exit codes, what goes to which output, and words in place of stack traces.</summary>
public sealed class CommandLineTests
{
    private static readonly string Examples = Path.Combine(Repository(), "provisioning", "examples");

    [Fact]
    public async Task A_demo_of_20_s_delivers_every_reading()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("demo", "--for", "20s", "--json");
        Assert.True(code == 0, error);
        AssertAccount(text, 300);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(["readings", "delivered", "spooled", "lost", "gaps", "alarms", "seconds"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.True(json.RootElement.GetProperty("alarms").GetInt32() >= 1, "the trip that waits for its first reset raised no alarm");
    }

    [Fact]
    public async Task The_story_happens_as_it_is_told()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("demo", "--story", "--json");
        Assert.True(code == 0, text + error);
        using var json = JsonDocument.Parse(text);
        Assert.True(json.RootElement.GetProperty("held").GetBoolean(), text);
        Assert.Equal(
            ["start", "start-up", "normal", "drift", "degraded", "rise", "alarm", "trip", "siren", "closed", "acknowledge", "too-early", "falls", "reset", "open"],
            json.RootElement.GetProperty("acts").EnumerateArray().Select(a => a.GetProperty("act").GetString()));
        Assert.Equal(0, json.RootElement.GetProperty("lost").GetInt64());
    }

    [Theory]
    [InlineData("--for", "20s")]
    [InlineData("--scenario", "x.yaml")]
    public async Task The_story_has_its_own_length_and_faults(string option, string value)
    {
        var (code, _, error) = await GatewayProcess.VerbAsync("demo", "--story", option, value);
        Assert.Equal(64, code);
        Assert.Contains(option, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_on_a_port_that_is_taken_says_so()
    {
        await using var broker = await Mosquitto.StartAsync();
        var (code, _, error) = await GatewayProcess.VerbAsync("demo", "--for", "1s", "--mqtt-port", broker.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, code);
        Assert.Contains(broker.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), error, StringComparison.Ordinal);
        AssertSentence(error);
    }

    [Fact]
    public async Task The_panels_port_is_accepted_with_a_notice()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("demo", "--for", "2s", "--panel-port", "18080", "--json");
        Assert.Equal(0, code);
        Assert.Contains("no panel yet", error, StringComparison.Ordinal);
        AssertAccount(text, 1);
    }

    [Fact]
    public async Task A_demo_with_a_scenario_tells_its_faults_and_still_loses_nothing()
    {
        using var folder = new TempFolder();
        var scenario = folder.Write("scenario.yaml", """
            faults:
              - { at: 0s, device: PT-101B, fault: silence }
              - { at: 0s, device: PT-101C, fault: drift, rate: 0.05 bar/s }
              - { at: 0s, bus: bridge, fault: unplug }
            """);
        var (code, text, error) = await GatewayProcess.VerbAsync("demo", "--for", "6s", "--json", "--scenario", scenario);
        Assert.True(code == 0, error);
        Assert.All(
            new[] { "PT-101B silence", "PT-101C drift 0.05 bar/s", "bridge unplug" },
            fault => Assert.Contains($"Scenario: {fault} begins.", error, StringComparison.Ordinal));
        AssertAccount(text, 50);
    }

    [Fact]
    public async Task A_scenario_that_is_wrong_is_answered_with_78_and_its_place()
    {
        using var folder = new TempFolder();
        var scenario = folder.Write("scenario.yaml", "faults: [ { at: 5s, device: PT-101C, fault: delay, by: 1s } ]");
        var (code, text, error) = await GatewayProcess.VerbAsync("demo", "--for", "6s", "--json", "--scenario", scenario);
        Assert.Equal((78, ""), (code, text));
        Assert.StartsWith($"{scenario}:1:45: 'PT-101C' is a chip", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_whose_disk_refuses_writes_counts_what_it_lost()
    {
        // No file may grow beyond 32 KiB, so the spool cannot make a segment; a signal that is ignored leaves the error.
        var (code, text, error) = await GatewayProcess.EndAsync(
            "sh", "-c", "trap '' XFSZ; ulimit -f 64; export DOTNET_EnableWriteXorExecute=0; exec \"$0\" demo --for 3s --json", GatewayProcess.Binary);
        Assert.True(code == 1, error);
        using var json = JsonDocument.Parse(text);
        Assert.True(json.RootElement.GetProperty("readings").GetInt64() > 20, text);
        Assert.Equal(json.RootElement.GetProperty("readings").GetInt64(), json.RootElement.GetProperty("lost").GetInt64());
    }

    [Fact]
    public async Task A_demo_that_finds_no_place_for_its_spool_says_so()
    {
        var (code, _, error) = await GatewayProcess.EndAsync("env", "TMPDIR=/nowhere", GatewayProcess.Binary, "demo", "--for", "1s");
        Assert.Equal(1, code);
        Assert.Contains("/nowhere", error, StringComparison.Ordinal);
        AssertSentence(error);
    }

    [Theory]
    [InlineData()]
    [InlineData("frobnicate")]
    [InlineData("check")]
    [InlineData("check", "--sight", "x.yaml")]
    [InlineData("demo", "--for", "20")]
    [InlineData("demo", "--for", "2000h")]
    [InlineData("demo", "--mqtt-port", "70000")]
    [InlineData("tap", "--broker", "http://x", "--topic", "a")]
    [InlineData("tap", "--broker", "mqtt://x", "--topic", "a/#")]
    [InlineData("tap", "--broker", "mqtts://x", "--topic", "a", "--key", "k.pem")]
    [InlineData("spool")]
    [InlineData("spool", "export", "--format", "xml")]
    [InlineData("spool", "export", "--from", "yesterday")]
    [InlineData("spool", "export", "--events", "--point", "PT-101.pressure")]
    [InlineData("scan")]
    [InlineData("scan", "modbus")]
    [InlineData("scan", "modbus", "--port", "/dev/ttyS9", "--tcp", "127.0.0.1:502")]
    [InlineData("scan", "modbus", "--port", "/dev/ttyS9", "--addresses", "0..3")]
    [InlineData("scan", "modbus", "--port", "/dev/ttyS9", "--addresses", "7..3")]
    [InlineData("scan", "modbus", "--port", "/dev/ttyS9", "--baud", "9601")]
    [InlineData("scan", "modbus", "--port", "/dev/ttyS9", "--format", "7E1")]
    [InlineData("scan", "modbus", "--tcp", "a b:502")]
    [InlineData("scan", "modbus", "--tcp", "127.0.0.1", "--baud", "9600")]
    [InlineData("scan", "i2c", "--bus", "x")]
    public async Task A_wrong_command_line_is_answered_with_64_and_a_hint(params string[] arguments)
    {
        var (code, _, error) = await GatewayProcess.VerbAsync(arguments);
        Assert.Equal(64, code);
        Assert.Contains("--help", error, StringComparison.Ordinal);
        AssertSentence(error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("demo", "--help")]
    [InlineData("run", "--help")]
    [InlineData("check", "--help")]
    [InlineData("read", "--help")]
    [InlineData("spool", "--help")]
    [InlineData("spool", "status", "--help")]
    [InlineData("spool", "verify", "--help")]
    [InlineData("spool", "export", "--help")]
    [InlineData("plan", "--help")]
    [InlineData("tap", "--help")]
    [InlineData("scan", "--help")]
    [InlineData("scan", "modbus", "--help")]
    [InlineData("scan", "i2c", "--help")]
    [InlineData("scan", "gpio", "--help")]
    [InlineData("scan", "serial", "--help")]
    [InlineData("--version")]
    public async Task Every_verb_has_help(params string[] arguments)
    {
        var (code, text, _) = await GatewayProcess.VerbAsync(arguments);
        Assert.Equal(0, code);
        Assert.NotEmpty(text);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    [InlineData("read")]
    [InlineData("plan")]
    public async Task A_wrong_site_file_is_answered_with_78_and_every_fault_with_its_place(string verb)
    {
        using var folder = new TempFolder();
        var site = folder.Write("wrong.yaml", "node: { id: en-1, site: s }\nbuses:\n  field: { modbus-tcp: 192.168.1.1 }\ndevices:\n  - { id: PT-1, bus: fild, address: 300, every: 1 }\n");
        var (code, text, error) = await GatewayProcess.VerbAsync(verb, "--site", site);
        Assert.Equal(78, code);
        Assert.Contains($"{site}:5:", text + error, StringComparison.Ordinal);
        Assert.True((text + error).Split('\n').Count(l => l.StartsWith($"{site}:5:", StringComparison.Ordinal)) >= 3, text + error);
        AssertSentence(text + error);
    }

    [Fact]
    public async Task A_missing_password_file_is_a_fault_to_check_and_a_warning_to_run_which_connects_when_it_comes()
    {
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartWithUserAsync("station", "geheim");
        await using var field = await Field.PymodbusField.StartAsync(new Field.PymodbusFieldOptions(1, 2), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, broker.Port, units: 1, points: 2, uplink: "  credentials: { user: station, password-file: password }\n"));
        var (code, text, error) = await GatewayProcess.VerbAsync("check", "--site", site);
        Assert.True(code == 78, error);
        Assert.Contains("password' does not exist", text, StringComparison.Ordinal);

        await using var gateway = GatewayProcess.Run(site, folder.File("data"));
        await gateway.WaitForLineAsync("password' does not exist");
        await gateway.WaitForLineAsync("measuring begins without it");
        await gateway.WaitForLineAsync("Station runs");
        await gateway.WaitForLineAsync("the password file");
        Assert.True(await MeasuresAsync(field), "nothing is measured while the password is missing");

        folder.Write("password", "geheim\n");
        await gateway.WaitForLineAsync("Connected to broker");
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);
    }

    [Fact]
    public async Task A_site_file_that_is_not_there_is_answered_with_a_sentence()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("check", "--site", "/nowhere/site.yaml");
        Assert.Equal(78, code);
        Assert.Contains("/nowhere/site.yaml", text + error, StringComparison.Ordinal);
        AssertSentence(text + error);
    }

    [Theory]
    [InlineData("check --site {0} > /dev/full")]
    [InlineData("plan --site {0} --json > /dev/full")]
    [InlineData("demo | true")] // for ever, had it not noticed that nobody reads on
    public async Task An_output_that_cannot_be_written_is_answered_with_a_sentence(string verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        var line = verb.Replace("{0}", Path.Combine(Examples, "demo.yaml"), StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"set -o pipefail; '{GatewayProcess.Binary}' {line}"]) { RedirectStandardError = true })!;
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, shell.ExitCode);
        Assert.Contains("standard output cannot be written", error, StringComparison.Ordinal);
        AssertSentence(error);
    }

    [Fact]
    public async Task Two_verbs_with_one_output_do_not_write_over_each_other()
    {
        using var folder = new TempFolder();
        var site = Path.Combine(Examples, "demo.yaml");
        using var shell = Process.Start("bash", ["-c", $"('{GatewayProcess.Binary}' check --site '{site}'; '{GatewayProcess.Binary}' check --site '{site}') > '{folder.File("both")}'"]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, File.ReadLines(folder.File("both")).Count(line => line.Contains("good.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_verb_that_is_not_there_is_answered_with_where_to_look()
    {
        var (code, _, error) = await GatewayProcess.VerbAsync("spool", "exprt");
        Assert.Equal(64, code);
        Assert.Contains("Try: edgenode spool --help, or edgenode spool VERB --help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_a_device_that_is_not_there_is_answered_with_69()
    {
        using var folder = new TempFolder();
        var site = folder.Write("site.yaml", SiteText.Of([FreePort.Next()], 1883, units: 1, points: 2));
        var (code, text, error) = await GatewayProcess.VerbAsync("read", "--site", site, "--json");
        Assert.True(code == 69, error);
        using var json = JsonDocument.Parse(text);
        var reading = json.RootElement.GetProperty("readings")[0];
        Assert.Equal(("bad:link-down", "F"), (reading.GetProperty("quality").GetString(), reading.GetProperty("ne107").GetString()));
        Assert.Contains("no link to 127.0.0.1:", error, StringComparison.Ordinal);
        Assert.False(reading.TryGetProperty("value", out _));
    }

    [Fact]
    public async Task Reading_a_real_server_shows_raw_and_engineering_value_and_whether_it_is_simulated()
    {
        using var folder = new TempFolder();
        await using var field = await Field.PymodbusField.StartAsync(new Field.PymodbusFieldOptions(1, 2), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, 1883, units: 1, points: 2).Replace("unit: count }", "unit: m, scale: 0.5, offset: 10 }", StringComparison.Ordinal));
        var (code, text, error) = await GatewayProcess.VerbAsync("read", "--site", site, "--json", "U1.p1");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(text);
        var reading = Assert.Single(json.RootElement.GetProperty("readings").EnumerateArray());
        Assert.Equal(("U1.p1", 1d, 10.5d, "m", "good"), (
            reading.GetProperty("point").GetString(), reading.GetProperty("raw").GetDouble(), reading.GetProperty("value").GetDouble(),
            reading.GetProperty("unit").GetString(), reading.GetProperty("quality").GetString()));
        Assert.False(reading.TryGetProperty("sim", out _) || reading.TryGetProperty("ne107", out _));

        var simulated = folder.Write("simulated.yaml", (await File.ReadAllTextAsync(site, TestContext.Current.CancellationToken)).Replace("    address: 1\n", "    address: 1\n    simulated: true\n", StringComparison.Ordinal));
        using var marked = JsonDocument.Parse((await GatewayProcess.VerbAsync("read", "--site", simulated, "--json", "U1.p1")).Out);
        reading = Assert.Single(marked.RootElement.GetProperty("readings").EnumerateArray());
        Assert.Equal(("good", "C", true), (reading.GetProperty("quality").GetString(), reading.GetProperty("ne107").GetString(), reading.GetProperty("sim").GetBoolean()));
        Assert.Contains("C good, simulated", (await GatewayProcess.VerbAsync("read", "--site", simulated, "U1.p1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tap_on_a_broker_that_is_not_there_is_answered_with_69()
    {
        var (code, _, error) = await GatewayProcess.VerbAsync("tap", "--broker", $"mqtt://127.0.0.1:{FreePort.Next()}", "--topic", "a/b", "--for", "2s", "--json");
        Assert.Equal(69, code);
        AssertSentence(error);
    }

    [Fact]
    public async Task A_tap_that_hears_nothing_does_not_say_that_all_is_well()
    {
        await using var broker = await Mosquitto.StartAsync();
        var (code, _, error) = await GatewayProcess.VerbAsync("tap", "--broker", $"mqtt://127.0.0.1:{broker.Port}", "--topic", "city/wrong", "--for", "2s", "--json");
        Assert.Equal(1, code);
        Assert.Contains("Nothing was heard of city/wrong", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spool_that_is_not_there_is_answered_with_a_sentence()
    {
        var (code, _, error) = await GatewayProcess.VerbAsync("spool", "status", "--data", "/nowhere");
        Assert.Equal(1, code);
        Assert.Contains("/nowhere", error, StringComparison.Ordinal);
        AssertSentence(error);
    }

    [Fact]
    public async Task Two_gateways_on_one_data_directory_are_refused_with_a_sentence()
    {
        using var folder = new TempFolder();
        var site = folder.Write("site.yaml", SiteText.Of([FreePort.Next()], FreePort.Next(), units: 1, points: 1));
        await using var first = GatewayProcess.Run(site, folder.File("data"));
        await first.WaitForLineAsync("listens for the verbs");
        var (code, _, error) = await GatewayProcess.VerbAsync("run", "--site", site, "--data", folder.File("data"));
        Assert.Equal(1, code);
        Assert.Contains("in use by a gateway that runs: nothing was started or driven", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_arm64_executable_runs_under_qemu()
    {
        var binary = Environment.GetEnvironmentVariable("EDGENODE_ARM64");
        var root = Environment.GetEnvironmentVariable("EDGENODE_ARM64_ROOT");
        Assert.True(binary is not null && File.Exists(binary) && Directory.Exists(root), "EDGENODE_ARM64 and EDGENODE_ARM64_ROOT do not name the arm64 executable and its libraries. Run through ./build.sh test.");
        Task<(int Code, string Out, string Error)> ArmAsync(params string[] arguments) => GatewayProcess.EndAsync("qemu-aarch64-static", ["-L", root!, binary!, .. arguments]);

        Assert.Equal(0, (await ArmAsync("--version")).Code);
        Assert.Equal(0, (await ArmAsync("check", "--site", Path.Combine(Examples, "pump-station.yaml"))).Code);
        var (code, text, error) = await ArmAsync("demo", "--for", "10s", "--json");
        Assert.True(code == 0, error);
        AssertAccount(text, 50);
    }

    private static async Task<bool> MeasuresAsync(Field.PymodbusField field)
    {
        var before = field.Served().Count;
        for (var tries = 0; tries < 100 && field.Served().Count <= before; tries++)
        {
            await Task.Delay(100);
        }

        return field.Served().Count > before;
    }

    private static void AssertAccount(string text, int atLeast)
    {
        using var json = JsonDocument.Parse(text);
        var readings = json.RootElement.GetProperty("readings").GetInt64();
        Assert.True(readings >= atLeast, text);
        Assert.Equal(readings, json.RootElement.GetProperty("delivered").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("lost").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("spooled").GetInt64());
    }

    /// <summary>Words, not a stack trace.</summary>
    private static void AssertSentence(string text)
    {
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    internal static string Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeNode.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no EdgeNode.sln above {AppContext.BaseDirectory}.");
    }
}
