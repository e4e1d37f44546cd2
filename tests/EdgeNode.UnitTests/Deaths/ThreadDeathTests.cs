using System.Diagnostics;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Outputs;
using EdgeNode.UnitTests.Uplink;

namespace EdgeNode.UnitTests.Deaths;

/// <summary>
/// An unhandled exception on each thread of the engine, with real threads: the clock throws on the thread that is named. Whoever it is, the
/// process is told to end, and the writers that live drive their outputs safe at once, without waiting for that end.
/// </summary>
public sealed class ThreadDeathTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LogLines _log = new();
    private readonly ThrowingClock _clock = new();
    private readonly TaskCompletionSource<Exception> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("station")]
    [InlineData("recorder")]
    [InlineData("bus b")]
    [InlineData("writer other")]
    public async Task An_exception_on_any_thread_ends_the_process_and_the_output_is_safe_before_that(string thread)
    {
        var (port, other) = (new FakePort(TimeProvider.System), new FakePort(TimeProvider.System));
        using (var engine = await OpenAsync(port, other))
        {
            _clock.Victim = thread;
            Assert.Equal("planted", (await _died.Task.WaitAsync(Patience, TestContext.Current.CancellationToken)).Message);
            Assert.True(SpinWait.SpinUntil(() => !port.Drives[^1].Energised, Patience), "the output stayed as it was");
            _clock.Victim = null;
        }

        Assert.Contains(_log.Lines, l => l.Contains(thread, StringComparison.Ordinal) && l.Contains("programming error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_output_whose_own_writer_died_stays_and_the_stop_names_it_for_ExecStopPost()
    {
        var (port, other) = (new FakePort(TimeProvider.System), new FakePort(TimeProvider.System));
        using (var engine = await OpenAsync(port, other))
        {
            _clock.Victim = "writer other";
            await _died.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            _clock.Victim = null;
            engine.Stop();
        }

        Assert.True(other.Drives[^1].Energised);
        Assert.Contains(_log.Lines, l => l.Contains("XV-102 on bus other could not be driven to its safe state", StringComparison.Ordinal));
    }

    /// <summary>An engine with two outputs on two buses, both in their normal state.</summary>
    private async Task<GatewayEngine> OpenAsync(FakePort port, FakePort other)
    {
        var site = TestSite.Of(
            [TestSite.Point("P0", 0)], null, [TestSite.Device("D0", 0, 0.02)],
            [new ModbusTcpBusOptions("b", "127.0.0.1", 502, default, default, false), new ModbusTcpBusOptions("other", "127.0.0.1", 502, default, default, false)]);
        var second = ((LineOutput)OutputSite.Valve.Place) with { Bus = 1 };
        site = site with
        {
            Outputs = [OutputSite.Valve with { Points = new OutputPoints(-1, -1) }, OutputSite.Valve with { Id = "XV-102", Place = second, Points = new OutputPoints(-1, -1) }],
        };
        var clock = new SystemClock(_clock);
        var queue = new RecorderQueue();
        var board = new NodeAlarmBoard(queue, clock, _log);
        var engine = new GatewayEngine(
            site, [new Answers("b"), new Answers("other")], queue, board, new FakeRecorder(), clock, _clock, "1", e => _died.TrySetResult(e), _log, ports: new DrivenPorts([port, other], [], null))
        {
            StopWait = TimeSpan.FromMilliseconds(300),
        };
        engine.Start();
        for (var output = 0; output < 2; output++)
        {
            await engine.Commands.Post(new OutputAsk(output, false, "mei"))!.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        Assert.True(SpinWait.SpinUntil(() => port.Drives is [.., { Energised: true }] && other.Drives is [.., { Energised: true }], Patience));
        return engine;
    }

    /// <summary>The system's clock, which throws on one thread.</summary>
    private sealed class ThrowingClock : TimeProvider
    {
        private volatile string? _victim;

        public string? Victim
        {
            get => _victim;
            set => _victim = value;
        }

        public override long TimestampFrequency => Stopwatch.Frequency;

        public override long GetTimestamp() =>
            _victim is { } victim && Thread.CurrentThread.Name == victim ? throw new InvalidOperationException("planted") : Stopwatch.GetTimestamp();
    }

    private sealed class Answers(string id) : IFieldBus
    {
        public string Id => id;

        public BusHealth Health => default;

        public void Scan(int device, List<RawSample> samples, CancellationToken stop) => samples.Add(new RawSample(device, 1, Quality.Good, TimeProvider.System.Monotonic()));

        public void Dispose()
        {
        }
    }
}
