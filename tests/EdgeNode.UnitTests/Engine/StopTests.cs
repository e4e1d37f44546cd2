using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Outputs;
using EdgeNode.UnitTests.Uplink;

namespace EdgeNode.UnitTests.Engine;

/// <summary>The end of the engine, with real threads: what hangs is named and left alone, and the end comes all the same.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private readonly ManualResetEventSlim _release = new();
    private readonly ManualResetEventSlim _hangs = new();
    private readonly LogLines _log = new();
    private readonly List<Exception> _died = [];

    [Fact]
    public void A_hung_disk_ends_the_stop_within_its_wait_and_the_recorder_is_said_to_hang()
    {
        var recorder = new FakeRecorder { During = Hang };
        using var engine = Engine(recorder, new AnswersAtOnce("a"));
        engine.Start();
        Assert.True(_hangs.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        engine.Stop();
        Assert.False(engine.RecorderEnded);
        Assert.Contains(_log.Lines, l => l.Contains("recorder", StringComparison.Ordinal));
        _release.Set();
    }

    [Fact]
    public void An_orderly_stop_ends_the_recorder_and_records_what_was_read()
    {
        var recorder = new FakeRecorder();
        using var bus = new AnswersAtOnce("a");
        using var engine = Engine(recorder, bus);
        engine.Start();
        Assert.True(SpinWait.SpinUntil(() => bus.Scans > 2, TimeSpan.FromSeconds(10)));
        engine.Stop();
        Assert.True(engine.RecorderEnded);
        Assert.Equal(bus.Scans, recorder.Kept.Count);
    }

    [Fact]
    public void Four_hung_buses_cost_the_stop_one_wait_and_are_not_pulled_from_under_their_threads()
    {
        IFieldBus[] buses = [.. Enumerable.Range(0, 4).Select(i => new Hangs("b" + i, _hangs, _release))];
        var watch = TimeProvider.System.GetTimestamp();
        using (var engine = Engine(new FakeRecorder(), buses))
        {
            engine.Start();
            Assert.True(SpinWait.SpinUntil(() => buses.All(b => ((Hangs)b).HasBegun), TimeSpan.FromSeconds(60)), "each of them hangs");
            watch = TimeProvider.System.GetTimestamp();
        }

        Assert.True(TimeProvider.System.GetElapsedTime(watch) < Short * 4, "each hung bus cost a wait of its own");
        Assert.All(buses, b => Assert.False(((Hangs)b).Disposed));
        _release.Set();
        SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(100));
        Assert.Empty(_died);
    }

    [Fact]
    public async Task A_stop_drives_outputs_safe_while_a_bus_hangs_holds_the_line_until_the_end_and_names_what_did_not_go()
    {
        var (port, stuck) = (new FakePort(TimeProvider.System), new FakePort(TimeProvider.System) { Fault = "Device or resource busy" });
        using (var engine = Engine(new FakeRecorder(), new DrivenPorts([port, stuck], [], null), new Hangs("b", _hangs, _release)))
        {
            engine.Start();
            Assert.True(_hangs.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
            await engine.Commands.Post(new OutputAsk(0, false, "mei"))!.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.True(SpinWait.SpinUntil(() => port.Drives is [.., { Energised: true }], TimeSpan.FromSeconds(60)));
            engine.Stop();
            Assert.False(port.Drives[^1].Energised);
            Assert.False(port.IsDisposed);
        }

        Assert.True(port.IsDisposed);
        Assert.Contains(_log.Lines, l => l.Contains("Stop: XV-102 on bus b could not be driven to its safe state: Device or resource busy", StringComparison.Ordinal));
        Assert.Empty(_died);
    }

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _hangs.Dispose();
    }

    private GatewayEngine Engine(FakeRecorder recorder, params IFieldBus[] buses) => Engine(recorder, DrivenPorts.None, buses);

    private GatewayEngine Engine(FakeRecorder recorder, DrivenPorts ports, params IFieldBus[] buses)
    {
        var site = TestSite.Of(
            [.. buses.Select((_, i) => TestSite.Point("P" + i, i))], null, [.. buses.Select((b, i) => TestSite.Device("D" + i, i, 0.02))],
            [.. buses.Select(b => new ModbusTcpBusOptions(b.Id, "127.0.0.1", 502, default, default, false))]);
        site = site with { Outputs = [.. ports.Outputs.Select((_, i) => OutputSite.Valve with { Id = $"XV-10{i + 1}", Points = new OutputPoints(-1, -1) })] };
        var clock = new SystemClock(TimeProvider.System);
        var queue = new RecorderQueue();
        var board = new NodeAlarmBoard(queue, clock, _log);
        return new GatewayEngine(site, buses, queue, board, recorder, clock, TimeProvider.System, "1", _died.Add, _log, ports: ports) { StopWait = Short };
    }

    private void Hang()
    {
        _hangs.Set();
        _release.Wait();
    }

    private sealed class AnswersAtOnce(string id) : IFieldBus
    {
        private int _scans;

        public int Scans => Volatile.Read(ref _scans);

        public string Id => id;

        public BusHealth Health => default;

        public void Scan(int device, List<RawSample> samples, CancellationToken stop)
        {
            Interlocked.Increment(ref _scans);
            samples.Add(new RawSample(device, 1, Quality.Good, TimeProvider.System.Monotonic()));
        }

        public void Dispose()
        {
        }
    }

    private sealed class Hangs(string id, ManualResetEventSlim hangs, ManualResetEventSlim release) : IFieldBus
    {
        public bool Disposed { get; private set; }

        public bool HasBegun { get; private set; }

        public string Id => id;

        public BusHealth Health => default;

        public void Scan(int device, List<RawSample> samples, CancellationToken stop)
        {
            HasBegun = true;
            hangs.Set();
            release.Wait(CancellationToken.None);
        }

        public void Dispose() => Disposed = true;
    }
}
