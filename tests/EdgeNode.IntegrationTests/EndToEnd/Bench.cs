using System.Globalization;
using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>
/// pymodbus, the gateway, mosquitto and mosquitto_sub, each a process of its own. The broker keeps its sessions on disk and the subscriber
/// has a session that outlives an outage, so that what the broker has acknowledged arrives.
/// </summary>
internal sealed class Bench : IAsyncDisposable
{
    public const int Units = 10;
    public const int Points = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private readonly TempFolder _folder;
    private readonly string _received;
    private readonly string _data;
    private string _site = "";
    private PymodbusField? _field;
    private PeerProcess? _subscriber;
    private PeerProcess? _gateway;

    private Bench(Mosquitto broker, TempFolder folder)
    {
        (Broker, _folder) = (broker, folder);
        _received = _folder.File("received");
        _data = _folder.File("data");
    }

    public Mosquitto Broker { get; }

    public PymodbusField Field => _field!;

    public PeerProcess Gateway => _gateway!;

    public string Received => _received;

    /// <summary>Starts all but the gateway.</summary>
    /// <param name="field">Ten units of twenty points unless written.</param>
    /// <param name="subscribed">With the platform's subscriber.</param>
    /// <param name="site">Changes the site file's text.</param>
    public static async Task<Bench> StartAsync(PymodbusFieldOptions? field = null, bool subscribed = true, Func<string, string>? site = null)
    {
        var folder = new TempFolder();
        var kept = Directory.CreateDirectory(folder.File("broker")).FullName;
        var broker = await Mosquitto.StartAsync(
            null, "user root", "persistence true", $"persistence_location {kept}/", "max_queued_messages 0", "max_inflight_messages 0");
        var bench = new Bench(broker, folder);
        var options = field ?? new PymodbusFieldOptions(Units, Points);
        bench._field = await PymodbusField.StartAsync(options, bench._folder.File("served"), TestContext.Current.CancellationToken);
        var text = SiteText.Of(bench._field.Ports, broker.Port, options.Units, options.Points);
        bench._site = bench._folder.Write("site.yaml", site?.Invoke(text) ?? text);
        if (subscribed)
        {
            await bench.SubscribeAsync();
        }

        return bench;
    }

    /// <summary>Starts the platform's subscriber and waits until it is subscribed.</summary>
    public async Task SubscribeAsync()
    {
        var file = _received;
        _subscriber = PeerProcess.Start("sh", Mosquitto.Install,
        [
            "-c", string.Create(CultureInfo.InvariantCulture, $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {Broker.Port} -i platform -c -x 3600 -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{file}'"),
        ]);
        await Broker.Process.WaitForLineAsync("Sending SUBACK to platform");
    }

    public void StartGateway(IReadOnlyDictionary<string, string>? environment = null) => _gateway = GatewayProcess.Run(_site, _data, environment);

    public async Task KillGatewayAsync()
    {
        await Gateway.StopAsync(Signal.Kill);
        await Gateway.DisposeAsync();
        _gateway = null;
    }

    /// <summary>Waits until telemetry arrives.</summary>
    public Task FirstArrivalAsync() => UntilAsync(() => Platform.Telemetry(_received).Count > 0, "the first reading");

    /// <summary>Waits until the gateway has delivered its backlog after an outage.</summary>
    public Task ReconnectedAsync() => UntilAsync(() => WaitingReadings() < Units * Points * 2, "the backlog to drain");

    /// <summary>Stops the field, waits until all that was read has arrived, stops the gateway in order, and closes the account.</summary>
    public async Task<Account> SettleAsync(ITestOutputHelper output)
    {
        await Field.DisposeAsync();
        _field = null;
        await Task.Delay(TimeSpan.FromSeconds(2)); // the step, the recorder and the uplink run on
        await UntilAsync(() => WaitingReadings() == 0, "the spool to be empty");
        var code = await StopGatewayAsync();
        Assert.Equal(0, code);
        await Task.Delay(TimeSpan.FromSeconds(1)); // mosquitto to mosquitto_sub to the file
        var account = new Account(Served(), Platform.Telemetry(_received), SiteText.Node);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"served {account.ServedCount}, arrived {account.All.Count} records, missing {account.Missing().Count}"));
        return account;
    }

    public async Task<int> StopGatewayAsync()
    {
        await Gateway.StopAsync();
        var code = Gateway.ExitCode;
        return code;
    }

    public IReadOnlyList<ServedValue> Served()
    {
        var lines = File.ReadAllLines(_folder.File("served"));
        return [.. lines.Select(l => l.Split(',')).Select(f => new ServedValue(
            int.Parse(f[0], CultureInfo.InvariantCulture), int.Parse(f[1], CultureInfo.InvariantCulture),
            long.Parse(f[2], CultureInfo.InvariantCulture), long.Parse(f[3], CultureInfo.InvariantCulture)))];
    }

    /// <summary>What `spool status` says of the running gateway's spool.</summary>
    public long WaitingReadings()
    {
        var (code, text, error) = GatewayProcess.VerbAsync("spool", "status", "--data", _data, "--json").GetAwaiter().GetResult();
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("telemetry").GetProperty("waiting").GetInt64();
    }

    public async Task UntilAsync(Func<bool> done, string what)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (!done())
        {
            if (DateTimeOffset.UtcNow > until)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}. The gateway said:\n{_gateway?.Output}");
            }

            await Task.Delay(250);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        if (_subscriber is not null)
        {
            await _subscriber.DisposeAsync();
        }

        if (_field is not null)
        {
            await _field.DisposeAsync();
        }

        await Broker.DisposeAsync();
        _folder.Dispose();
    }
}
