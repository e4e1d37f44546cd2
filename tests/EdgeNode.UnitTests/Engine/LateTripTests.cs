using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Outputs;
using EdgeNode.UnitTests.Trips;
using EdgeNode.UnitTests.Uplink;

namespace EdgeNode.UnitTests.Engine;

/// <summary>A planned restart, with real threads: the station steps until the buses have ended, and what it asks for then is driven as at any other time.</summary>
public sealed class LateTripTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LogLines _log = new();
    private readonly LastScan _bus = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trip_by_the_last_scan_drives_safe_what_was_to_stay_normal(bool other)
    {
        FakePort[] ports = [.. Enumerable.Range(0, other ? 2 : 1).Select(_ => new FakePort(TimeProvider.System))];
        using var engine = await OpenAsync(ports);
        engine.LeaveAtStop([0]);
        engine.Stop();
        Assert.False(ports[0].Drives[^1].Energised);
        Assert.Contains(_log.Lines, l => l.Contains("XV-101", StringComparison.Ordinal) && l.Contains("closed", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.Contains("could not be driven", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_cannot_be_driven_then_is_named()
    {
        var port = new FakePort(TimeProvider.System);
        using var engine = await OpenAsync(port);
        port.Fault = "Device or resource busy";
        engine.LeaveAtStop([0]);
        engine.Stop();
        Assert.False(port.Drives[^1].Energised);
        Assert.Contains(_log.Lines, l => l.Contains("Stop: XV-101 on bus b could not be driven to its safe state: Device or resource busy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_nobody_keeps_any_more_goes_safe_although_all_had_come_to_rest()
    {
        var port = new FakePort(TimeProvider.System);
        using var engine = await OpenAsync(port);
        (_bus.Last, _bus.AtLast) = (5, () => engine.LeaveAtStop([]));
        engine.LeaveAtStop([0]);
        engine.Stop();
        Assert.False(port.Drives[^1].Energised);
    }

    [Fact]
    public async Task Without_a_trip_it_stays_normal()
    {
        var port = new FakePort(TimeProvider.System);
        using var engine = await OpenAsync(port);
        _bus.Last = 5;
        engine.LeaveAtStop([0]);
        engine.Stop();
        Assert.True(port.Drives[^1].Energised);
    }

    public void Dispose() => _bus.Dispose();

    /// <summary>An engine with one trip, by the pressure, of the first output; all are in their normal state, and a scan is under way that ends only after the stop has begun.</summary>
    private async Task<GatewayEngine> OpenAsync(params FakePort[] ports)
    {
        var site = TestSite.Of(
            [TestSite.Point("PT-101", 0, stale: 1e6)], [TestSite.Alarm(on: 0)], [TestSite.Device("D0", 0, 0.02)],
            [new ModbusTcpBusOptions("b", "127.0.0.1", 502, default, default, false)]) with
        {
            Outputs = [.. ports.Select((_, i) => OutputSite.Valve with { Id = $"XV-10{i + 1}", Points = new OutputPoints(-1, -1) })],
            Trips = [TripBench.Trip(new CauseOf(TripBench.High)) with { Settle = TimeSpan.Zero }],
        };
        var clock = new SystemClock(TimeProvider.System);
        var queue = new RecorderQueue();
        var engine = new GatewayEngine(
            site, [_bus], queue, new NodeAlarmBoard(queue, clock, _log), new FakeRecorder(), clock, TimeProvider.System, "1", static _ => { }, _log,
            ports: new DrivenPorts([.. ports], [], null))
        {
            StopWait = TimeSpan.FromSeconds(2),
        };
        engine.Start();
        Assert.True(_bus.Scanned.Wait(Patience, TestContext.Current.CancellationToken));
        for (var tries = 0; (await engine.Commands.Post(new TripCommand(0, TripAsk.Reset, "mei"))!.WaitAsync(Patience, TestContext.Current.CancellationToken)).Outcome != TripOutcome.Done; tries++)
        {
            Assert.True(tries < 10_000); // refused until the step has taken what was scanned
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        for (var i = 0; i < ports.Length; i++)
        {
            await engine.Commands.Post(new OutputAsk(i, false, "mei"))!.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        Assert.True(SpinWait.SpinUntil(() => ports.All(p => p.Drives is [.., { Energised: true }]), Patience), string.Join('\n', _log.Lines));
        _bus.IsLast = true;
        Assert.True(_bus.Waits.Wait(Patience, TestContext.Current.CancellationToken));
        return engine;
    }

    /// <summary>A bus that reads 5 bar, and whose last scan comes back a moment after the stop: by then a writer that has nothing to do would have ended.</summary>
    private sealed class LastScan : IFieldBus
    {
        private volatile bool _isLast;

        public ManualResetEventSlim Scanned { get; } = new();

        public ManualResetEventSlim Waits { get; } = new();

        public bool IsLast
        {
            get => _isLast;
            set => _isLast = value;
        }

        public double Last { get; set; } = 9;

        /// <summary>What happens elsewhere by then.</summary>
        public Action? AtLast { get; set; }

        public string Id => "b";

        public BusHealth Health => default;

        public void Scan(int device, List<RawSample> samples, CancellationToken stop)
        {
            var value = 5.0;
            if (IsLast)
            {
                Waits.Set();
                stop.WaitHandle.WaitOne();
                SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(50));
                value = Last;
                AtLast?.Invoke();
            }

            samples.Add(new RawSample(device, value, Quality.Good, TimeProvider.System.Monotonic()));
            Scanned.Set();
        }

        public void Dispose()
        {
            Scanned.Dispose();
            Waits.Dispose();
        }
    }
}
