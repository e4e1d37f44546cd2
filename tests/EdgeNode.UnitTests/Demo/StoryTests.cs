using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Demo;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Provisioning;
using EdgeNode.Simulation.Modbus.Serial;
using EdgeNode.Simulation.PumpStation;
using EdgeNode.Simulation.Scenarios;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Lines;
using EdgeNode.UnitTests.Modbus;
using EdgeNode.UnitTests.Provisioning;
using EdgeNode.UnitTests.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Demo;

/// <summary>The story of `edgenode demo --story` in virtual time, over its simulated field and the product's drivers, step and hands: how long it is by its own clock, whatever the machine does.</summary>
public sealed class StoryTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // real time, of an answer of the local socket

    [Fact]
    public async Task The_story_comes_true_within_two_minutes_of_its_own_clock()
    {
        var loaded = SiteFile.Load(Path.Combine(TestFiles.Examples, "demo-story.yaml"), TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(loaded.Faults);
        var scenario = ScenarioFile.Load(Path.Combine(TestFiles.Examples, "scenarios", "demo-story.yaml"), loaded.Site!).Scenario!;
        using var plant = new Plant(loaded.Site!, scenario);
        await using var server = new HandsServer(Path.Combine(plant.Data, HandsLimits.FileName), plant.Node.Hands.AnswerAsync, TimeProvider.System, NullLogger.Instance);
        server.Start();

        var clock = new StoryClock(plant.Time.GetUtcNow());
        var start = clock.GetUtcNow();
        var told = new List<string>();
        var story = new StoryRun(new StoryStage(loaded.Site!, plant.Node.Loop, plant.Devices, new DemoHands(plant.Data), clock), clock, told.Add);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var play = story.PlayAsync(stop.Token);
        while (!play.IsCompleted && clock.GetUtcNow() - start < 2 * Longest)
        {
            Assert.True(SpinWait.SpinUntil(() => clock.IsAwaited || play.IsCompleted, Patience), string.Join('\n', told));
            plant.Node.Run(0.05);
            clock.AdvanceTo(plant.Time.GetUtcNow());
        }

        var length = clock.GetUtcNow() - start;
        await stop.CancelAsync();
        await play;
        output.WriteLine($"counted: the story takes {length.TotalSeconds:0.0} s by its own clock, and at most {Longest.TotalSeconds} are wanted");
        Assert.True(story.Held, string.Join('\n', told));
        Assert.True(length <= Longest, string.Join('\n', told));
    }

    /// <summary>The story's field in virtual time, and the node over it.</summary>
    private sealed class Plant : IFieldSeams, IDisposable
    {
        private const int Seed = 1;

        private readonly ITimer _timer;

        public Plant(Site site, Scenario scenario)
        {
            Devices = new PumpStationDevices(Time, Seed, excursions: null);
            var serial = new SimulatedLink(new RtuLine(Devices.Serial, new SerialLineOptions(9600, TimeSpan.FromMilliseconds(10)), Seed), Time);
            var field = new MemoryLink(Time, new UnitScript(Devices.Field, Seed).Answer);
            var player = new ScenarioPlayer(site, scenario, Devices.Devices, new Dictionary<string, Action<bool>>());
            var start = Time.Monotonic();
            player.Follow(TimeSpan.Zero);
            _timer = Time.CreateTimer(_ => Devices.AdvanceTo(Time.Monotonic() - start, player.Follow), null, SimulatedPumpStation.Tick, SimulatedPumpStation.Tick);
            IFieldBus[] buses = [.. site.Buses.Select((bus, i) => bus switch
            {
                ModbusTcpBusOptions => new ModbusBus(site, i, field, Time, new Random(7), NullLogger.Instance),
                ModbusRtuBusOptions => new ModbusBus(site, i, serial, Time, new Random(7), NullLogger.Instance),
                _ => FieldBuses.Create(site, i, "/", new KeptTotals(), Time, NullLogger.Instance, this),
            })];
            Node = new VirtualNode(site, buses, this, Time);
        }

        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

        /// <summary>Where the local socket is.</summary>
        public string Data { get; } = Directory.CreateTempSubdirectory("edgenode-story-").FullName;

        public PumpStationDevices Devices { get; }

        public VirtualNode Node { get; }

        public II2cBus I2c(I2cBusOptions bus) => Devices.I2c;

        public (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus) => (Devices.Gpio, Devices.Gpio);

        public IGpioChip Outputs(GpioBusOptions bus) => Devices.Gpio;

        public void Dispose()
        {
            _timer.Dispose();
            Node.Dispose();
            Directory.Delete(Data, recursive: true);
        }
    }

    /// <summary>The story's clock stands still until the story waits, so that what it does in between takes no time, however long the machine needs for it.</summary>
    private sealed class StoryClock(DateTimeOffset now) : TimeProvider
    {
        private readonly FakeTimeProvider _time = new(now);
        private volatile bool _isAwaited;

        /// <summary>The story waits for a time to come.</summary>
        public bool IsAwaited => _isAwaited;

        public override long TimestampFrequency => _time.TimestampFrequency;

        public void AdvanceTo(DateTimeOffset to) => _time.Advance(to - _time.GetUtcNow());

        public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

        public override long GetTimestamp() => _time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _time.CreateTimer(
                s =>
                {
                    _isAwaited = false;
                    callback(s);
                },
                state, dueTime, period);
            _isAwaited = true;
            return timer;
        }
    }
}
