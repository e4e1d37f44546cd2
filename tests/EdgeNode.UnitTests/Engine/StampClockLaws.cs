using EdgeNode.Core.Model;
using EdgeNode.Engine;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Any course of steps of the wall clock, synchronisations, losses of the time source, late openings, restarts and reboots.</summary>
public class StampClockLaws
{
    [Law(MaxTest = 1000)]
    public void Stamps_never_go_below_the_floor_nor_backwards_and_corrected_ones_are_true((byte What, ushort A)[] steps)
    {
        var machine = new Machine();
        foreach (var (what, a) in steps)
        {
            machine.Do(what, a);
            machine.Check();
        }

        machine.SynchroniseForGood();
        machine.Check();
    }

    /// <summary>A machine that knows the true time, and what its processes have stamped.</summary>
    private sealed class Machine
    {
        private const long Built = 1_700_000_000_000_000;
        private const long Hour = 3_600_000_000;

        private readonly List<Stamped> _kept = [];
        private readonly List<Stamped> _waiting = [];
        private readonly List<ClockReading> _frames = [];
        private StampClock _clock = new(Built);
        private long _true = 1_800_000_000_000_000;
        private long _monotonic = 1_000_000;
        private long _error = -1_800_000_000_000_000;
        private long _floor = Built;
        private long _lastStamp;
        private bool _synchronised;
        private bool _open;
        private bool _everLost;
        private ClockQuality? _noted;
        private Stamped? _before;

        public void Do(byte what, ushort a)
        {
            Pass((a * 137L) + 1);
            switch (what % 12)
            {
                case 0:
                    _error += (a - 32768) * (Hour / 1000);
                    _everLost |= _synchronised;
                    _synchronised = false;
                    break;
                case 1:
                    (_error, _synchronised) = (0, true);
                    break;
                case 2:
                    _everLost |= _synchronised;
                    _synchronised = false;
                    break;
                case 3:
                    Restart(reboot: false);
                    break;
                case 4 when a % 3 == 0:
                    Restart(reboot: true);
                    break;
                case 5 or 6:
                    Open();
                    break;
                default:
                    break;
            }

            Stamp();
        }

        public void SynchroniseForGood()
        {
            Open();
            Pass(10);
            (_error, _synchronised) = (0, true);
            Stamp();
            Assert.True(_everLost || _kept.TrueForAll(s => _clock.Correct(s.Stamp).Clock == ClockQuality.Synchronised), "something stays uncorrected");
        }

        public void Check()
        {
            foreach (var (stamp, truth, _) in _kept)
            {
                var now = _clock.Correct(stamp);
                Assert.NotEqual(ClockQuality.Provisional, now.Clock);
                if (now.Clock == ClockQuality.Synchronised)
                {
                    Assert.Equal(truth, now.UnixMicroseconds);
                }
                else
                {
                    Assert.Equal(stamp, now);
                    Assert.True(now.UnixMicroseconds >= Built);
                }
            }
        }

        private void Pass(long microseconds)
        {
            _true += microseconds;
            _monotonic += microseconds;
        }

        private void Stamp()
        {
            var reading = Read();
            var made = new Stamped(reading.Wall, _true, _monotonic);
            if (reading.Wall.Clock == ClockQuality.Synchronised)
            {
                Assert.Equal(_true, reading.Wall.UnixMicroseconds);
            }
            else if (_before is { } before && before.Stamp.Clock == reading.Wall.Clock)
            {
                Assert.Equal(made.Monotonic - before.Monotonic, made.Stamp.UnixMicroseconds - before.Stamp.UnixMicroseconds);
            }

            _before = made;
            _waiting.Add(made);
            Record();
        }

        /// <summary>The recorder: nothing is kept before the spool is open, and then nothing that is provisional.</summary>
        private void Record()
        {
            if (!_open)
            {
                return;
            }

            // As the recorder does: what becomes of the clock is written down before the records that are stamped by it.
            if (Read() is var now && now.Wall.Clock != _noted)
            {
                _noted = now.Wall.Clock;
                _frames.Add(now);
            }

            foreach (var made in _waiting)
            {
                var stamp = _clock.Correct(made.Stamp);
                Assert.True(stamp.Clock == ClockQuality.Synchronised || stamp.UnixMicroseconds >= _floor, $"{stamp} is below {_floor}");
                _kept.Add(made with { Stamp = stamp });
                _lastStamp = stamp.UnixMicroseconds;
            }

            _waiting.Clear();
        }

        private void Open()
        {
            if (!_open)
            {
                _open = true;
                _clock.Recover(_lastStamp, [.. _frames]);
                _floor = _frames.Count > 0 ? Built : Math.Max(Built, _lastStamp);
                _before = null;
                _noted = null;
                Record();
            }
        }

        private void Restart(bool reboot)
        {
            _clock = new StampClock(Built);
            (_open, _before) = (false, null);
            _waiting.Clear();
            if (reboot)
            {
                // Stamps of an earlier boot are not this one's to correct.
                (_monotonic, _everLost, _synchronised) = (20_000_000, false, false);
                _error = -_true + 1_000_000;
                _frames.Clear();
                _kept.Clear();
            }
        }

        private ClockReading Read() => _clock.Read(TimeSpan.FromMicroseconds(_monotonic), _true + _error, _synchronised);
    }

    private readonly record struct Stamped(SourceTime Stamp, long Truth, long Monotonic);
}
