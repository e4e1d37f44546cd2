using System.Diagnostics;
using System.Globalization;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>
/// What a store costs the card and what it costs in time: the same readings, grouped into the same commits, on an ext4 of its own each.
/// It prints figures and judges none.
/// </summary>
internal static class WearBench
{
    private const long DiskBytes = 192L << 20;
    private const long Limit = 4L << 20; // segments of 512 KiB, so that the warm-up goes round them
    private const int Keep = 600; // scans that wait: a minute
    private const int Rounds = 15;
    private const int GroupsPerRound = 100;

    /// <summary>Enough that each has gone round its own recycling more than once.</summary>
    private const int WarmUpGroups = 2500;

    private static readonly (string Name, string Mount, int WarmUp, Func<string, IContestant> Open)[] Contestants =
    [
        ("journal", "noatime", WarmUpGroups, f => new JournalContestant(f, Limit)),
        ("journal, ext4 commit=30", "noatime,commit=30", WarmUpGroups, f => new JournalContestant(f, Limit)),
        ("journal, first pass", "noatime", 1, f => new JournalContestant(f, Limit)),
        ("SQLite WAL FULL, blob", "noatime", WarmUpGroups, f => new SqliteContestant(f, rows: false)),
        ("SQLite WAL FULL, rows", "noatime", WarmUpGroups, f => new SqliteContestant(f, rows: true)),
        ("LiteDB, not durable", "noatime", WarmUpGroups / 5, f => new LiteDbContestant(f, checkpoint: false)),
        ("LiteDB, checkpoint", "noatime", WarmUpGroups / 5, f => new LiteDbContestant(f, checkpoint: true)),
        ("FasterLog", "noatime", WarmUpGroups, f => new FasterLogContestant(f)),
    ];

    /// <param name="wear">How long bytes are counted, at 200 readings and one commit a second.</param>
    /// <param name="only">Parts of the names of those that take part; all when empty.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(TimeSpan wear, string[] only, CancellationToken stop)
    {
        using var folder = new WorkFolder("wear");
        var lanes = new List<Lane>();
        try
        {
            foreach (var (name, mount, warmUp, open) in Contestants.Where(c => only.Length == 0 || only.Any(o => c.Name.Contains(o, StringComparison.OrdinalIgnoreCase))))
            {
                stop.ThrowIfCancellationRequested();
                lanes.Add(new Lane(name, mount, warmUp, open, Path.Combine(folder.Path, $"disk-{lanes.Count}")));
            }

            if (lanes.Count == 0)
            {
                Console.Error.WriteLine($"Those that take part are: {string.Join("; ", Contestants.Select(c => c.Name))}.");
                return 1;
            }

            Throughput([.. lanes.Where(l => l.Mount == "noatime" && l.WarmUp > 1)], stop);
            Wear(lanes, wear, stop);
            return 0;
        }
        finally
        {
            lanes.ForEach(lane => lane.Dispose());
        }
    }

    // Round by round, all in turn, so that what else the machine does meets them all.
    private static void Throughput(List<Lane> lanes, CancellationToken stop)
    {
        for (var round = 0; round < Rounds; round++)
        {
            Console.Error.WriteLine($"throughput, round {round + 1} of {Rounds} ...");
            for (var i = 0; i < lanes.Count; i++)
            {
                // Each follows another one in each round: who comes after a heavy writer pays for it.
                stop.ThrowIfCancellationRequested();
                lanes[(i + round) % lanes.Count].Race();
            }
        }

        var journal = lanes[0];
        Console.WriteLine();
        Console.WriteLine($"Append throughput: {Load.ReadingsPerGroup} readings in {Load.ScansPerGroup} appends, one durable commit, the oldest {Load.ReadingsPerGroup} given up; {Rounds} rounds of {GroupsPerRound} groups (LiteDB {GroupsPerRound / 10}), all in turn");
        Console.WriteLine();
        Console.WriteLine("| store | readings a second, median (lowest to highest) | the journal is so many times faster | commit p50 / p99, ms |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var lane in lanes)
        {
            // Pair by pair: both halves of a pair met the same machine.
            var ratio = Median(lane.Rates.Zip(journal.Rates, (mine, best) => best / mine));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {lane.Name} | {Median(lane.Rates):N0} ({lane.Rates.Min():N0} to {lane.Rates.Max():N0}) | {ratio:0.0} | {Percentile(lane.Commits, 0.5):0.0} / {Percentile(lane.Commits, 0.99):0.0} |"));
        }
    }

    // Side by side, each on its own device: bytes do not mind company, and ext4's own five-second rhythm needs real seconds.
    private static void Wear(List<Lane> lanes, TimeSpan wear, CancellationToken stop)
    {
        var groups = (int)wear.TotalSeconds;
        Console.Error.WriteLine($"wear: {groups} s at {Load.ReadingsPerGroup} readings and one commit a second ...");
        var threads = lanes.ConvertAll(lane => new Thread(() => lane.Pace(groups, stop)));
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        stop.ThrowIfCancellationRequested();
        var journal = lanes[0].BytesPerReading;
        Console.WriteLine();
        Console.WriteLine($"Bytes that reach the block device: {Load.ReadingsPerGroup} readings and one commit a second for {groups} s, ext4 with its own journal, /sys/block/loopN/stat");
        Console.WriteLine();
        Console.WriteLine("| store | bytes a reading | times the journal's | life of a 32 GB card that takes 7.3 TB |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var lane in lanes)
        {
            var years = 7.3e12 / (lane.BytesPerReading * Load.ReadingsPerGroup * 86_400 * 365.25);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {lane.Name} | {lane.BytesPerReading:N0} | {lane.BytesPerReading / journal:0.0} | {years:0.0} years |"));
        }
    }

    private static double Median(IEnumerable<double> values) => Percentile([.. values], 0.5);

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)((values.Count - 1) * share));

    /// <summary>A store on its disk.</summary>
    private sealed class Lane : IDisposable
    {
        private readonly Ext4Disk _disk;
        private readonly IContestant _store;
        private readonly Load _load = new();
        private readonly int _groups;
        private long _at = 1_800_000_000_000_000;

        public Lane(string name, string mount, int warmUp, Func<string, IContestant> open, string path)
        {
            (Name, Mount, WarmUp) = (name, mount, warmUp);
            _groups = name.StartsWith("LiteDB", StringComparison.Ordinal) ? GroupsPerRound / 10 : GroupsPerRound;
            _disk = Ext4Disk.Make(path, DiskBytes, mount);
            try
            {
                Console.Error.WriteLine($"{name}: until its files are recycled ...");
                _store = open(_disk.Folder);
                for (var i = 0; i < warmUp; i++)
                {
                    Next();
                }
            }
            catch
            {
                _store?.Dispose();
                _disk.Dispose();
                throw;
            }
        }

        public string Name { get; }

        public string Mount { get; }

        public int WarmUp { get; }

        public List<double> Rates { get; } = [];

        public List<double> Commits { get; } = [];

        public double BytesPerReading { get; private set; }

        public void Race()
        {
            _disk.Flush();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < _groups; i++)
            {
                for (var unit = 0; unit < Load.ScansPerGroup; unit++)
                {
                    _store.Append(_load.Scan(unit, _at + (unit * 100_000)));
                }

                var before = Stopwatch.GetTimestamp();
                _store.Commit(Keep);
                Commits.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                _at += 1_000_000;
            }

            Rates.Add(_groups * Load.ReadingsPerGroup / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        public void Pace(int groups, CancellationToken stop)
        {
            _disk.Flush();
            var before = _disk.Written;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < groups && !stop.IsCancellationRequested; i++)
            {
                Next();
                var wait = TimeSpan.FromSeconds(i + 1) - Stopwatch.GetElapsedTime(started);
                stop.WaitHandle.WaitOne(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            }

            _disk.Flush();
            BytesPerReading = (_disk.Written - before) / (double)(groups * Load.ReadingsPerGroup);
        }

        public void Dispose()
        {
            _store.Dispose();
            _disk.Dispose();
        }

        private void Next()
        {
            _load.Group(_store, _at, Keep);
            _at += 1_000_000;
        }
    }
}
