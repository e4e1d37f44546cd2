using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// One dead unit of ten, behind one connection and behind ten, in virtual time: a small loop calls each device when it is due, as the
/// engine does; a period that has passed is skipped and counted, never queued.
/// </summary>
public class ScheduleTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(10);

    private const int Dead = 4;

    private static IEnumerable<Act> Peer(Ask ask) => ask.Unit == Dead ? [] : [Act.Late(Answer, Frames.Honest(ask))];

    private static ModbusDeviceOptions Device(int unit) => Plant.Simple(unit) with { Timeout = Timeout, Every = Every };

    /// <summary>What the loop saw of one device.</summary>
    private sealed class Course
    {
        public TimeSpan Due { get; set; }

        public int Skipped { get; set; }

        public List<(TimeSpan Delay, RawSample Sample)> Scans { get; } = [];
    }

    private static Course[] Run(Rig rig, int devices)
    {
        var start = rig.Now;
        var courses = Enumerable.Range(0, devices).Select(d => new Course { Due = start + (d * Every / 10) }).ToArray();
        while (courses.MinBy(c => c.Due) is { } next && next.Due - start < Whole)
        {
            if (next.Due > rig.Now)
                rig.Pass(next.Due - rig.Now);
            var delay = rig.Now - next.Due;
            next.Scans.Add((delay, rig.One(Array.IndexOf(courses, next))));
            for (next.Due += Every; next.Due <= rig.Now; next.Due += Every)
                next.Skipped++;
        }

        return courses;
    }

    [Fact, Trait("modbus-case", "62"), Trait("modbus-case", "63")]
    public void One_dead_unit_of_ten_behind_one_connection_leaves_the_others_their_schedule()
    {
        using var rig = new Rig(Peer, [.. Enumerable.Range(1, 10).Select(Device)]);
        var courses = Run(rig, 10);

        var probes = rig.Link.Requests.Where(r => r.Ask.Unit == Dead).Select(r => r.At).ToList();
        Assert.InRange(probes.Count, 3 + 4 + 27, 3 + 4 + 30); // 3 misses; 5, 10, 20, 40 s; then one a minute
        for (var unit = 1; unit <= 10; unit++)
        {
            if (unit == Dead)
                continue;

            var course = courses[unit - 1];
            Assert.Equal(1800, rig.Link.Requests.Count(r => r.Ask.Unit == unit));
            Assert.Equal(0, course.Skipped);
            Assert.All(course.Scans, s => Verdict.True(s.Sample, unit, unit * 100));
            Assert.All(course.Scans, s => Assert.True(s.Delay <= Timeout + (10 * Answer), $"unit {unit} came {s.Delay} late"));
            Assert.True(course.Scans.Count(s => s.Delay > 10 * Answer) <= probes.Count, $"unit {unit} was late more often than the dead one was probed");
        }

        Assert.All(courses[Dead - 1].Scans, s => Assert.True(s.Sample.Quality.IsBad));
        Assert.Equal((1, 1), (rig.Bus.Health.Connects, rig.Log.Count(2010)));

        // The bus time that the dead unit costs, as a share: the promise is one timeout per probe interval.
        Assert.True(probes.Count * Timeout / Whole < 0.02);
    }

    [Fact, Trait("modbus-case", "63")]
    public void One_dead_unit_of_ten_behind_ten_connections_costs_the_others_nothing()
    {
        for (var unit = 1; unit <= 10; unit++)
        {
            using var rig = new Rig(Peer, Device(unit));
            var course = Run(rig, 1)[0];
            if (unit == Dead)
            {
                Assert.InRange(rig.Link.Requests.Count, 295, 305); // alone on its connection it is probed each 5 s, a deadline later
                continue;
            }

            Assert.Equal(1800, rig.Link.Requests.Count);
            Assert.All(course.Scans, s => Assert.Equal(TimeSpan.Zero, s.Delay));
            Assert.All(course.Scans, s => Verdict.True(s.Sample, unit, unit * 100));
        }
    }

    [Fact, Trait("modbus-case", "65")]
    public void A_device_slower_than_its_period_is_skipped_and_never_queued()
    {
        using var rig = new Rig(ask => [Act.Late(TimeSpan.FromMilliseconds(1500), Frames.Honest(ask))], Plant.Simple(1) with { Timeout = TimeSpan.FromSeconds(3) });
        var course = Run(rig, 1)[0];
        Assert.Equal(900, rig.Link.Requests.Count);
        Assert.Equal(900, course.Skipped);
        Assert.All(course.Scans, s => Verdict.True(s.Sample, 1, 100));
        var ends = rig.Link.Requests.Select(r => r.At + TimeSpan.FromMilliseconds(1500)).ToList();
        Assert.All(rig.Link.Requests.Skip(1).Zip(ends), p => Assert.True(p.First.At >= p.Second, "two requests were open at once"));
    }
}
