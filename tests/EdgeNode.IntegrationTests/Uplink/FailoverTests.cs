using System.Collections.Concurrent;
using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Session;
using EdgeNode.Uplink.Tapping;
using EdgeNode.UnitTests.Uplink;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>Real brokers, one of them killed while readings flow: what arrives is compared value by value.</summary>
public class FailoverTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_mosquittos_one_killed_and_back_again_lose_nothing()
    {
        await using var first = await Mosquitto.StartAsync();
        await using var second = await Mosquitto.StartAsync();
        var (a, b) = (RunningUplink.Plain(first.Port), RunningUplink.Plain(second.Port));
        await using var platform = new Platform(a, b);
        await platform.SubscribedAsync(0);
        await platform.SubscribedAsync(1);
        await using var uplink = new RunningUplink([a, b]);
        var appended = 0;
        async Task AppendUntilAsync(Func<bool> done)
        {
            do
            {
                uplink.Outbox.AppendNumbers(10);
                appended += 10;
                await Task.Delay(10, Stop);
            }
            while (!done());
        }

        await AppendUntilAsync(() => platform.Count >= 500);
        await uplink.Until(() => platform.Count == appended);

        // Stopped first, so that what is in flight is in flight: a broker that acknowledged a message and died before it passed it on
        // is outside of any promise that the sender can make.
        first.Process.Send(Signal.Stop);
        uplink.Outbox.AppendNumbers(100);
        appended += 100;
        await Task.Delay(200, Stop);
        await first.StopAsync(Signal.Kill);
        await AppendUntilAsync(() => uplink.Service.Snapshot is { Connected: true } s && s.Broker.EndsWith($":{second.Port}", StringComparison.Ordinal));
        await AppendUntilAsync(() => platform.Count >= appended - 100);

        await first.StartAgainAsync();
        await platform.SubscribedAsync(0);
        await AppendUntilAsync(() => uplink.Service.Snapshot is { Connected: true } s && s.Broker.EndsWith($":{first.Port}", StringComparison.Ordinal));
        await AppendUntilAsync(() => uplink.Logged("is back: leaving") == 1);
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0 && platform.Count == appended);

        platform.AssertValues(appended);
        output.WriteLine($"{appended} readings; {platform.Twice} came twice\n{string.Join('\n', uplink.Log.Lines)}");
    }

    [Fact]
    public async Task Three_NATS_nodes_one_killed_under_load_lose_nothing()
    {
        await using var cluster = await NatsCluster.StartAsync();
        var nodes = cluster.MqttPorts.Select(RunningUplink.Plain).ToArray();
        var settings = RunningUplink.Quick with
        {
            ConnectDeadline = TimeSpan.FromSeconds(15), // the first client waits for the streams to be made
            AnswerDeadline = TimeSpan.FromSeconds(10),
            PubackDeadline = TimeSpan.FromSeconds(10),
            PreferredProbe = TimeSpan.FromMinutes(10),
        };
        await using var platform = new Platform(settings, nodes[1]);
        await platform.SubscribedAsync(0);
        await using var uplink = new RunningUplink(nodes, settings: settings);
        var appended = 0;
        async Task AppendAsync(int count)
        {
            for (var until = appended + count; appended < until; appended += 10)
            {
                uplink.Outbox.AppendNumbers(10);
                await Task.Delay(10, Stop);
            }
        }

        await uplink.UntilLogged("(MQTT 3.1.1)");
        await AppendAsync(1500);
        await uplink.Until(() => platform.Count > 100);
        var killed = cluster.KillAsync(0);
        await AppendAsync(2500);
        await killed;
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0);
        await uplink.Until(() => platform.Count == appended);

        platform.AssertValues(appended);
        Assert.True(uplink.Logged("Connected to broker") >= 2);
        output.WriteLine($"{appended} readings; {platform.Twice} came twice\n{string.Join('\n', uplink.Log.Lines)}");
    }

    /// <summary>Taps on some brokers, and the union of what they saw.</summary>
    private sealed class Platform : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<ulong, double> _values = [];
        private readonly List<(Tap Tap, Task Run)> _taps = [];
        private int _twice;

        public Platform(params ReadOnlySpan<BrokerOptions> brokers)
            : this(RunningUplink.Quick, brokers)
        {
        }

        public Platform(UplinkSettings settings, params ReadOnlySpan<BrokerOptions> brokers)
        {
            foreach (var broker in brokers)
            {
                var tap = new Tap(new TapOptions(broker, Stations.Topic) { FromStart = true }, TimeProvider.System, new LogLines(), settings, new MqttSessionFactory(TimeProvider.System, settings))
                {
                    OnReading = Take,
                };
                _taps.Add((tap, tap.RunAsync(_stop.Token)));
            }
        }

        public int Count => _values.Count;

        /// <summary>Redeliveries that came over another broker than before.</summary>
        public int Twice => _twice;

        public async Task SubscribedAsync(int tap)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            await _taps[tap].Tap.WaitAsync(r => r.Subscribed, limit.Token);
        }

        public void AssertValues(int count)
        {
            Assert.Equal(Enumerable.Range(1, count).Select(n => (ulong)n), _values.Keys.Order());
            Assert.All(_values, v => Assert.Equal(v.Key * 100_000d, v.Value));
            Assert.All(_taps, t => Assert.Equal((0, 0), (t.Tap.Report().Conflicts, t.Tap.Report().Malformed)));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_taps.Select(t => t.Run));
            _stop.Dispose();
        }

        private void Take(TapReading reading)
        {
            if (!_values.TryAdd(reading.Seq, reading.Value!.Value))
            {
                Assert.Equal(_values[reading.Seq], reading.Value.Value);
                Interlocked.Increment(ref _twice);
            }
        }
    }
}
