using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Protection;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Bugs planted between the parts of the protection. Each must be found by the invariant that is meant for it, or that one proves nothing.</summary>
public class PlantControlTests(ITestOutputHelper output)
{
    private const int FirstSeed = 101;
    private const int LastSeed = 108;
    private static readonly TimeSpan Span = TimeSpan.FromHours(2);

    [Fact]
    public void Without_a_bug_the_same_seeds_are_sound()
    {
        for (var seed = FirstSeed; seed <= LastSeed; seed++)
        {
            Assert.Empty(LivedPlant.Live(seed, Span).Findings);
        }
    }

    [Fact]
    public void A_line_that_swallows_a_write_is_found() => IsFound("(1) the valve has been asked to be safe", new ProtectionPlants { Port = inner => new DeafPort(inner) });

    [Fact]
    public void A_bus_that_serves_an_old_sample_as_a_fresh_one_is_found() => IsFound("(4)", new ProtectionPlants { Bus = inner => new RepeatingBus(inner) });

    [Fact]
    public void A_bus_that_cuts_values_off_is_found() => IsFound("(4)", new ProtectionPlants { Bus = inner => new CappedBus(inner) });

    [Fact]
    public void A_step_that_misses_its_signals_is_found() => IsFound("(1) close-inlet", new ProtectionPlants { WakesEach = TimeSpan.FromSeconds(4) });

    [Fact]
    public void A_monotonic_clock_that_jumps_with_the_wall_clock_is_found() =>
        IsFound("(6)", new ProtectionPlants { Clock = inner => new JumpingClock(inner) }, static world => world.Watch.WatchesConditions = false);

    [Fact]
    public void A_monotonic_clock_that_jumps_is_found_by_what_is_measured_too() => IsFound("(9)", new ProtectionPlants { Clock = inner => new JumpingClock(inner) });

    [Fact]
    public void A_state_store_that_keeps_a_bypass_as_it_was_granted_is_found() => IsFound("(5)", new ProtectionPlants { State = inner => new EndlessStore(inner) });

    [Fact]
    public void A_state_store_that_does_not_forget_a_reset_is_found() => IsFound("(2)", new ProtectionPlants { State = inner => new UnforgettingStore(inner) });

    [Fact]
    public void A_state_store_that_does_not_forget_that_a_run_before_the_last_ended_in_order_is_found() => IsFound("(2)", new ProtectionPlants { State = inner => new VouchingStore(inner) });

    [Fact]
    public void An_acknowledgement_that_resets_trips_as_well_is_found() => IsFound("(2)", new ProtectionPlants { Hands = ResetWithAcknowledge });

    [Fact]
    public void A_shelf_that_inhibits_the_trip_is_found() => IsFound("(5) Inhibit", new ProtectionPlants { Hands = InhibitWithAlarms });

    [Fact]
    public void A_hand_at_an_alarm_that_holds_the_valve_as_well_is_found() => IsFound("(3)", new ProtectionPlants { Hands = HoldWithAlarms });

    [Fact]
    public void An_orderly_stop_that_leaves_out_its_last_write_is_found()
    {
        PlantWorld? world = null;
        IsFound("(7)", new ProtectionPlants { Port = inner => new UnsafePort(inner, () => world?.Life is { IsStopping: true }) }, one => world = one);
    }

    private static void ResetWithAcknowledge(PlantWorld world, object reply)
    {
        if (reply is Task<AlarmReply>)
        {
            world.Life!.Commands.Post(new TripCommand(0, TripAsk.Reset, "bug"));
        }
    }

    private static void InhibitWithAlarms(PlantWorld world, object reply)
    {
        if (reply is Task<AlarmReply>)
        {
            world.Life!.Commands.Post(new TripCommand(0, TripAsk.Inhibit, "bug") { Time = TimeSpan.FromMinutes(10), Why = "bug" });
        }
    }

    private static void HoldWithAlarms(PlantWorld world, object reply)
    {
        if (reply is Task<AlarmReply>)
        {
            world.Life!.Commands.Post(new OutputAsk(0, true, "bug"));
        }
    }

    private void IsFound(string words, ProtectionPlants plants, Action<PlantWorld>? before = null)
    {
        var (others, hours) = (new List<string>(), 0.0);
        for (var seed = FirstSeed; seed <= LastSeed; seed++)
        {
            var lived = LivedPlant.Live(seed, Span, plants, before: before);
            if (lived.Findings.FirstOrDefault(f => f.StartsWith(words, StringComparison.Ordinal)) is { } finding)
            {
                output.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"found in seed {seed}, after {hours + lived.World.Clock.Now.TotalHours:F2} virtual hours: {finding}"));
                return;
            }

            hours += lived.World.Clock.Now.TotalHours;
            others.AddRange(lived.Findings.Take(1));
        }

        Assert.Fail($"the bug is not found as \"{words}\"; what was found is: {string.Join("; ", others)}");
    }

    /// <summary>Says "done" to each third way to the safe state and does nothing.</summary>
    private sealed class DeafPort(IOutputPort inner) : IOutputPort
    {
        private bool? _last;
        private int _changes;

        public TimeSpan? RefreshEvery => inner.RefreshEvery;

        public OutputResult Drive(bool energised, CancellationToken stop)
        {
            if (energised != _last)
            {
                _last = energised;
                if (!energised && ++_changes % 3 == 0)
                {
                    return new OutputResult(true, null, "");
                }
            }

            return inner.Drive(energised, stop);
        }

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Says "done" to the way to the safe state, and does nothing, while something holds.</summary>
    private sealed class UnsafePort(IOutputPort inner, Func<bool> holds) : IOutputPort
    {
        public TimeSpan? RefreshEvery => inner.RefreshEvery;

        public OutputResult Drive(bool energised, CancellationToken stop) => !energised && holds() ? new OutputResult(true, null, "") : inner.Drive(energised, stop);

        public void Dispose() => inner.Dispose();
    }

    /// <summary>A device that does not answer is given its last value once more, with a fresh stamp.</summary>
    private sealed class RepeatingBus(IFieldBus inner) : OtherBus(inner)
    {
        private readonly Dictionary<int, RawSample> _last = [];

        protected override RawSample Changed(RawSample sample)
        {
            var served = sample.Quality.IsBad && _last.TryGetValue(sample.Point, out var last) ? last with { TakenAt = sample.TakenAt } : sample;
            _last[sample.Point] = served;
            return served;
        }
    }

    /// <summary>Values beyond 6.4 bar are taken for nonsense, and replaced.</summary>
    private sealed class CappedBus(IFieldBus inner) : OtherBus(inner)
    {
        protected override RawSample Changed(RawSample sample) =>
            sample.Point is 0 or 2 ? sample with { Raw = Math.Min(sample.Raw, 4000 + (1600 * 6.4)) } : sample with { Raw = sample.Point == 1 ? Math.Min(sample.Raw, 6.4) : sample.Raw };
    }

    private abstract class OtherBus(IFieldBus inner) : IFieldBus
    {
        public string Id => inner.Id;

        public BusHealth Health => inner.Health;

        public TimeSpan? Pending => inner.Pending;

        public void Scan(int device, List<RawSample> samples, CancellationToken stop) => Change(samples, () => inner.Scan(device, samples, stop));

        public void Resume(List<RawSample> samples, CancellationToken stop) => Change(samples, () => inner.Resume(samples, stop));

        public void Dispose() => inner.Dispose();

        protected abstract RawSample Changed(RawSample sample);

        private void Change(List<RawSample> samples, Action scan)
        {
            var before = samples.Count;
            scan();
            for (var i = before; i < samples.Count; i++)
            {
                samples[i] = Changed(samples[i]);
            }
        }
    }

    /// <summary>Takes the wall clock for the monotonic one, so far as that goes forward.</summary>
    private sealed class JumpingClock(IStationClock inner) : IStationClock
    {
        private (TimeSpan Monotonic, long Wall)? _first;
        private TimeSpan _last;

        public Guid BootId => inner.BootId;

        public ClockReading Read()
        {
            var reading = inner.Read();
            _first ??= (reading.Monotonic, reading.Wall.UnixMicroseconds);
            var by = TimeSpan.FromMicroseconds(reading.Wall.UnixMicroseconds - _first.Value.Wall) - (reading.Monotonic - _first.Value.Monotonic);
            var jumped = reading.Monotonic + by;
            _last = jumped > _last ? jumped : _last;
            return reading with { Monotonic = _last > reading.Monotonic ? _last : reading.Monotonic };
        }

        public SourceTime Correct(SourceTime stamp) => inner.Correct(stamp);

        public void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot) => inner.Recover(lastStamp, thisBoot);

        public TimeCorrection? TakeCorrection() => inner.TakeCorrection();
    }

    /// <summary>Bypasses and substitutions are always what they were when they were first written.</summary>
    private sealed class EndlessStore(IStateStore inner) : OtherStore(inner)
    {
        public override bool Set(string key, ReadOnlySpan<byte> value) =>
            (key.StartsWith("bypass/", StringComparison.Ordinal) && Get(key) is not null) || base.Set(key, value);

        public override void Remove(string key)
        {
            if (!key.StartsWith("bypass/", StringComparison.Ordinal))
            {
                base.Remove(key);
            }
        }
    }

    /// <summary>A trip's reset stays on the disk, whatever becomes of the trip.</summary>
    private sealed class UnforgettingStore(IStateStore inner) : OtherStore(inner)
    {
        public override void Remove(string key)
        {
            if (!key.StartsWith("trip/", StringComparison.Ordinal))
            {
                base.Remove(key);
            }
        }
    }

    /// <summary>The mark of an orderly stop stays on the disk, whatever run comes after it.</summary>
    private sealed class VouchingStore(IStateStore inner) : OtherStore(inner)
    {
        public override void Remove(string key)
        {
            if (key != "run/in-order")
            {
                base.Remove(key);
            }
        }
    }

    private abstract class OtherStore(IStateStore inner) : IStateStore
    {
        public event Action? Loaded
        {
            add => inner.Loaded += value;
            remove => inner.Loaded -= value;
        }

        public bool IsLoaded => inner.IsLoaded;

        public bool WasDamaged => inner.WasDamaged;

        public long Changes => inner.Changes;

        public long Written => inner.Written;

        public byte[]? Get(string key) => inner.Get(key);

        public virtual bool Set(string key, ReadOnlySpan<byte> value) => inner.Set(key, value);

        public virtual void Remove(string key) => inner.Remove(key);

        public IReadOnlyList<string> Keys(string prefix) => inner.Keys(prefix);
    }
}
