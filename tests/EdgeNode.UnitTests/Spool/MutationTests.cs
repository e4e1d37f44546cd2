using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Spool;

namespace EdgeNode.UnitTests.Spool;

/// <summary>500 broken spools from a seed: no wrong value, no refusal to start, every loss named exactly.</summary>
public class MutationTests(ITestOutputHelper output)
{
    private const int Mutations = 500;
    private const int Seed = 20260704;

    /// <summary>Breaks a spool.</summary>
    private delegate void Mutate(MemoryDisk disk, Random random, Origin origin);

    private static readonly (string Kind, Mutate Do)[] Kinds =
    [
        ("truncate", (disk, random, _) => Change(disk, random, content => content[..random.Next(content.Length)])),
        ("flip a bit", (disk, random, _) => Change(disk, random, content =>
        {
            content[random.Next(Used(content))] ^= (byte)(1 << random.Next(8));
            return content;
        })),
        ("zero a block", (disk, random, _) => Change(disk, random, content =>
        {
            var at = random.Next(content.Length / 512) * 512;
            content.AsSpan(at, Math.Min(random.Next(1, 9) * 512, content.Length - at)).Clear();
            return content;
        })),
        ("swap two segments", (disk, random, _) =>
        {
            var (a, b) = (Pick(disk, random), Pick(disk, random));
            (disk[a], disk[b]) = (disk[b], disk[a]);
        }),
        ("wrong version", (disk, random, _) => Change(disk, random, content =>
        {
            BitConverter.TryWriteBytes(content.AsSpan(8), random.Next(2) == 0 ? 0u : 3u + (uint)random.Next(1000));
            BitConverter.TryWriteBytes(content.AsSpan(36), ~EdgeNode.Spool.Format.Frame.Crc32C(uint.MaxValue, content.AsSpan(0, 36)));
            return content;
        })),
        ("foreign file", (disk, random, _) =>
        {
            var bytes = new byte[random.Next(20_000)];
            random.NextBytes(bytes);
            disk.Put(Bench.Folder + (random.Next(2) == 0 ? "/journal-0000000999.seg" : "/photo.jpg"), bytes);
        }),
        ("duplicated segment", (disk, random, _) => disk.Put(
            Bench.Folder + string.Create(CultureInfo.InvariantCulture, $"/journal-{random.Next(1, 60):D10}.seg"), [.. disk[Pick(disk, random)]])),
        ("another spool's segment", (disk, random, origin) => disk.Put(
            random.Next(2) == 0 ? Pick(disk, random) : Bench.Folder + "/journal-0000000998.seg", [.. origin.Other[random.Next(origin.Other.Count)]])),
        ("marker missing", (disk, random, _) => disk.Delete(disk.Paths.Single(p => p.Contains("/epoch-", StringComparison.Ordinal)))),
        ("marker and a segment missing", (disk, random, _) =>
        {
            disk.Delete(disk.Paths.Single(p => p.Contains("/epoch-", StringComparison.Ordinal)));
            disk.Delete(Pick(disk, random));
        }),
    ];

    [Fact]
    public void Five_hundred_mutations_give_no_wrong_value_no_refusal_and_no_silent_loss()
    {
        Origin[] origins = [Origin.Make(full: false, clean: true), Origin.Make(full: false, clean: false), Origin.Make(full: true, clean: true), Origin.Make(full: true, clean: false)];
        var random = new Random(Seed);
        var tallies = Kinds.ToDictionary(k => k.Kind, _ => new Tally());
        for (var i = 0; i < Mutations; i++)
        {
            var (kind, mutate) = Kinds[i % Kinds.Length];
            var origin = origins[i / Kinds.Length % origins.Length];
            var disk = origin.Bench.Disk.Copy();
            mutate(disk, random, origin);
            origin.Check(disk, tallies[kind], $"seed {Seed}, mutation {i} ({kind})", reboot: random.Next(2) == 0);
        }

        output.WriteLine($"{"kind",-30} {"runs",5} {"wrong",6} {"refused",8} {"silent",7} {"lost and named",15} {"quarantined",12}");
        foreach (var (kind, t) in tallies)
        {
            output.WriteLine($"{kind,-30} {t.Runs,5} {t.Wrong,6} {t.Refused,8} {t.Silent,7} {t.Named,15} {t.Quarantined,12}");
        }

        foreach (var finding in tallies.Values.SelectMany(t => t.Findings.Take(5)))
        {
            output.WriteLine(finding);
        }

        Assert.Equal(Mutations, tallies.Values.Sum(t => t.Runs));
        Assert.Equal((0, 0, 0), (tallies.Values.Sum(t => t.Wrong), tallies.Values.Sum(t => t.Refused), tallies.Values.Sum(t => t.Silent)));
        Assert.Empty(tallies.Values.SelectMany(t => t.Findings));
        Assert.True(tallies["truncate"].Named > 0 && tallies["flip a bit"].Named > 0 && tallies["zero a block"].Named > 0);
        Assert.True(tallies["wrong version"].Quarantined == tallies["wrong version"].Runs);
    }

    private static string Pick(MemoryDisk disk, Random random)
    {
        var paths = disk.Paths.Where(p => p.Contains("/journal-", StringComparison.Ordinal)).ToList();
        return paths[random.Next(paths.Count)];
    }

    private static void Change(MemoryDisk disk, Random random, Func<byte[], byte[]> change)
    {
        var path = Pick(disk, random);
        disk[path] = change([.. disk[path]]);
    }

    private static int Used(byte[] content) => Array.FindLastIndex(content, b => b != 0) + 1;

    private sealed class Tally
    {
        public int Runs { get; set; }

        public int Wrong { get; set; }

        public int Refused { get; set; }

        public int Silent { get; set; }

        public long Named { get; set; }

        public int Quarantined { get; set; }

        public List<string> Findings { get; } = [];
    }

    /// <summary>A spool of several starts with acknowledged stretches, events, gaps and, when full, kept and thinned points.</summary>
    private sealed class Origin
    {
        private readonly HashSet<Position> _waiting = [];
        private readonly HashSet<Position> _acknowledged = [];
        private readonly HashSet<Position> _events = [];
        private readonly Dictionary<Position, (double Value, int Point)> _given = [];

        public Bench Bench { get; } = new() { Limit = 128 * 1024 };

        public List<byte[]> Other { get; } = [];

        public static Origin Make(bool full, bool clean)
        {
            var origin = new Origin();
            var bench = origin.Bench;
            bench.Points = [.. bench.Points.Select((p, i) => p with { WhenFull = i == 3 ? WhenFull.Keep : i == 4 ? WhenFull.Thin : WhenFull.Drop })];
            for (var start = 1; start <= 3; start++)
            {
                bench.Open();
                origin.Fill(full ? 250 : 60);
                if (start < 3)
                {
                    bench.Journal.Dispose();
                }
            }

            if (clean)
            {
                bench.Journal.Dispose();
            }
            else
            {
                bench.Journal.Commit();
            }

            var look = new Bench { Disk = bench.Disk.Copy(), Limit = bench.Limit * 4, Points = bench.Points };
            look.Open();
            var (readings, events) = look.ReadAll();

            // Some acknowledged ones too, where there are more stretches of them than the cursor keeps.
            origin._waiting.UnionWith(readings.Keys.Where(p => !origin._acknowledged.Contains(p)));

            origin._events.UnionWith(events.Select(e => new Position(e.Epoch.Start, e.Seq)));

            var other = new Bench { Limit = bench.Limit };
            other.Open();
            for (var i = 0; i < 150; i++)
            {
                other.AppendScan();
            }

            other.Journal.Dispose();
            origin.Other.AddRange(other.SegmentPaths.Select(p => other.Disk[p]));
            return origin;
        }

        private void Fill(int scans)
        {
            for (var i = 0; i < scans; i++)
            {
                var seq = Bench.Outbox.End(StreamKind.Telemetry);
                Bench.AppendScan();
                for (ulong s = 0; s < 20; s++)
                {
                    _given[new Position(seq.Start, seq.Seq + s)] = (EdgeNode.UnitTests.Spool.Bench.ValueOf(seq.Seq + s), (int)s);
                }

                if (i % 5 == 4)
                {
                    Bench.AppendEvent();
                }

                if (i % 11 == 10)
                {
                    Bench.Outbox.Acknowledge(StreamKind.Telemetry, Bench.Journal.Epoch, seq.Seq, seq.Seq + 7);
                    _acknowledged.UnionWith(Enumerable.Range(0, 8).Select(s => new Position(seq.Start, seq.Seq + (ulong)s)));
                }

                if (i % 13 == 12)
                {
                    var time = Bench.Clock.Read().Wall;
                    Bench.Journal.AppendLoss(StreamKind.Telemetry, 3, time, time, "queue-full");
                }
            }
        }

        public void Check(MemoryDisk disk, Tally tally, string where, bool reboot)
        {
            tally.Runs++;
            var bench = new Bench { Disk = disk, Limit = Bench.Limit * 4, Points = Bench.Points };
            bench.Clock.Microseconds = Bench.Clock.Microseconds + 1_000_000;
            if (reboot)
            {
                bench.Clock.Reboot();
            }

            var quarantined = false;
            for (var round = 0; round < 2; round++)
            {
                try
                {
                    bench.Open();
                }
                catch (SpoolUnavailableException e)
                {
                    tally.Refused++;
                    tally.Findings.Add($"{where}: {e.Message}");
                    return;
                }

                quarantined |= bench.Journal.Recovery.Quarantined.Count > 0;
                if (round == 1 && bench.Journal.Recovery.RecordsMissing > 0)
                {
                    tally.Findings.Add($"{where}: a second start finds {bench.Journal.Recovery.RecordsMissing} records missing anew");
                }

                Compare(bench, tally, where, round);
                bench.Journal.Dispose();
            }

            tally.Quarantined += quarantined ? 1 : 0;
        }

        private void Compare(Bench bench, Tally tally, string where, int round)
        {
            var readings = bench.ReadAll().Readings;
            bench.Journal.Commit();
            var events = bench.ReadAll().Events;
            var gaps = events.Where(e => e.Record.Kind == "gap").Select(e => GapSeen.Of(e.Record)).Where(g => g.Reason is not "spool-full" || g.Some is null).ToList();
            foreach (var (position, reading) in readings)
            {
                if (!_given.TryGetValue(position, out var given) || given.Value != reading.Value || reading.Point != bench.Points[given.Point])
                {
                    tally.Wrong++;
                    tally.Findings.Add($"{where}: {position} reads {reading.Value}");
                }
            }

            var thereEvents = events.Select(e => new Position(e.Epoch.Start, e.Seq)).ToHashSet();
            foreach (var position in _waiting.Where(p => !readings.ContainsKey(p)))
            {
                Silence(gaps, StreamKind.Telemetry, position, tally, where, round);
            }

            foreach (var position in _events.Where(p => !thereEvents.Contains(p)))
            {
                Silence(gaps, StreamKind.Event, position, tally, where, round);
            }
        }

        private static void Silence(List<GapSeen> gaps, StreamKind stream, Position position, Tally tally, string where, int round)
        {
            if (gaps.Exists(g => g.Covers(stream, position.Start, position.Seq)))
            {
                tally.Named += 1 - round;
                return;
            }

            tally.Silent++;
            tally.Findings.Add($"{where}, start {round + 1}: {stream} {position} is silently lost");
        }
    }
}
