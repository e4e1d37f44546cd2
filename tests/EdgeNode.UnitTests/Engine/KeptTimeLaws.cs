using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Any course of running, restarts, boots, and steps of the wall clock to anywhere.</summary>
public class KeptTimeLaws
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    [Law(MaxTest = 1000)]
    public void All_boots_together_something_is_in_force_for_no_longer_than_was_granted(int seed)
    {
        var (random, machine) = (new Random(seed), new Machine());
        var most = TimeSpan.FromSeconds(random.Next(600));
        var end = machine.Now.Monotonic + most;
        machine.WriteEnd(end);
        var inForce = TimeSpan.Zero;
        for (var step = 0; step < 100; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    machine.StepWall(random.Next(10) == 0 ? random.Next(-500_000, 500_000) : random.Next(-3, 1));
                    break;
                case 1:
                    machine.Restart(reboot: false);
                    end = machine.ReadEnd();
                    break;
                case 2:
                    machine.Restart(reboot: true);
                    end = machine.ReadEnd();
                    machine.WriteEnd(end);
                    break;
                default:
                    machine.RunAndWrite(TimeSpan.FromSeconds(random.Next(100)), () => machine.WriteEnd(end), (from, to) => inForce += Clip((end < to ? end : to) - from));
                    break;
            }

            Assert.True(end - machine.Now.Monotonic <= Longest);
        }

        Assert.InRange(inForce, TimeSpan.Zero, most);
    }

    [Law(MaxTest = 1000)]
    public void A_repair_that_has_waited_so_long_has_waited_no_less_after_any_restart(int seed)
    {
        var (random, machine) = (new Random(seed), new Machine());
        var since = machine.Now.Monotonic;
        var waited = TimeSpan.Zero;
        machine.WriteStart(since);
        for (var step = 0; step < 100; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    machine.StepWall(random.Next(10) == 0 ? random.Next(-500_000, 500_000) : random.Next(-3, 1));
                    break;
                case 1 or 2:
                    machine.Restart(reboot: random.Next(2) == 0);
                    since = machine.ReadStart();
                    machine.WriteStart(since);
                    break;
                default:
                    machine.RunAndWrite(TimeSpan.FromSeconds(random.Next(100)), () => machine.WriteStart(since), (from, to) => waited += to - from);
                    break;
            }

            var told = machine.Now.Monotonic - since;
            Assert.True(told >= (waited < Longest ? waited : Longest), $"{told} is less than {waited}");
        }
    }

    [Law]
    public void Whatever_stands_there_is_read_and_bounded(byte[] bytes, long wall, bool ofThisBoot)
    {
        var machine = new Machine();
        var kept = new byte[KeptTime.Bytes];
        bytes.AsSpan(0, Math.Min(bytes.Length, 24)).CopyTo(kept);
        if (ofThisBoot)
        {
            machine.BootId.TryWriteBytes(kept.AsSpan(24));
        }

        var now = new ClockReading(TimeSpan.FromSeconds(5), new SourceTime(wall, ClockQuality.Unsynchronised));
        Assert.InRange(KeptTime.ReadEnd(kept, Longest, now, machine), now.Monotonic, now.Monotonic + Longest);
        Assert.InRange(KeptTime.ReadStart(kept, Longest, now, machine), now.Monotonic - Longest, now.Monotonic);
    }

    [Fact]
    public void A_boot_with_a_right_clock_takes_what_has_gone_by_and_one_with_a_wrong_clock_a_minute()
    {
        var machine = new Machine();
        machine.WriteEnd(machine.Now.Monotonic + TimeSpan.FromHours(2));
        machine.Off(TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.FromMinutes(110), machine.ReadEnd() - machine.Now.Monotonic);
        machine.StepWall(-30_000);
        Assert.Equal(TimeSpan.FromMinutes(119), machine.ReadEnd() - machine.Now.Monotonic);
    }

    private static TimeSpan Clip(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    private sealed class Machine : IStationClock
    {
        private readonly byte[] _kept = new byte[KeptTime.Bytes];
        private TimeSpan _monotonic = TimeSpan.FromSeconds(100);
        private long _wall = 1_795_374_600_000_000;
        private int _boots;

        public Guid BootId { get; private set; } = Guid.Parse("11111111-2222-3333-4444-555555555555");

        public ClockReading Now => Read();

        public ClockReading Read() => new(_monotonic, new SourceTime(_wall, ClockQuality.Unsynchronised));

        public void Run(TimeSpan span)
        {
            _monotonic += span;
            _wall += span.Ticks / TimeSpan.TicksPerMicrosecond;
        }

        /// <summary>As the books do: it runs, and is written down each pace.</summary>
        public void RunAndWrite(TimeSpan left, Action write, Action<TimeSpan, TimeSpan> ran)
        {
            for (; left > TimeSpan.Zero; left -= KeptTime.Pace)
            {
                var (span, before) = (left < KeptTime.Pace ? left : KeptTime.Pace, _monotonic);
                Run(span);
                ran(before, _monotonic);
                if (span == KeptTime.Pace)
                {
                    write();
                }
            }
        }

        /// <summary>By hours, also to before 1970.</summary>
        public void StepWall(int hours) => _wall += hours * 3_600_000_000L;

        public void Restart(bool reboot)
        {
            if (reboot)
            {
                _monotonic = TimeSpan.FromSeconds(3);
                BootId = new Guid(++_boots, 0, 0, new byte[8]);
            }
        }

        public void Off(TimeSpan span)
        {
            Restart(reboot: true);
            _wall += span.Ticks / TimeSpan.TicksPerMicrosecond;
        }

        public void WriteEnd(TimeSpan end) => KeptTime.Write(_kept, end > _monotonic ? end : _monotonic, Now, this);

        public void WriteStart(TimeSpan since) => KeptTime.Write(_kept, since, Now, this);

        public TimeSpan ReadEnd() => KeptTime.ReadEnd(_kept, Longest, Now, this);

        public TimeSpan ReadStart() => KeptTime.ReadStart(_kept, Longest, Now, this);
    }
}
