using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Records;
using EdgeNode.UnitTests.Spool.Audit;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Records;

/// <summary>What was entered into a trail.</summary>
public sealed class HeardAudit : IAudit
{
    public List<string> Entries { get; } = [];

    public void Add(string who, string what, ReadOnlyMemory<byte> body) => Entries.Add(what);
}

/// <summary>A history in a folder of its own, and the journal that it can be rebuilt from.</summary>
public sealed class HistoryBench : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-history-").FullName;

    public HistoryBench() => Folder = Path.Combine(_root, "history");

    public string Folder { get; }

    public FakeTimeProvider Time { get; } = new();

    public HeardAlarms Alarms { get; } = new();

    public HeardAudit Audit { get; } = new();

    /// <summary>What the journal still has.</summary>
    public List<QueuedEvent> Journal { get; } = [];

    public int Looks { get; private set; }

    public string Data => Path.Combine(Folder, HistoryFiles.Data);

    public string Log => Path.Combine(Folder, HistoryFiles.Log);

    public string[] Quarantine => Directory.Exists(Path.Combine(Folder, "quarantine")) ? Directory.GetFiles(Path.Combine(Folder, "quarantine")) : [];

    public HistoryLog Open() => new(Folder, Look, Alarms, Audit, Time);

    /// <summary>A run of the node that appends events and ends in order.</summary>
    public void Run(int events, bool inOrder = true, string kind = "alarm")
    {
        var log = Open();
        log.RunDue();
        for (var i = 0; i < events; i++)
        {
            log.Add(Append(kind));
        }

        log.RunDue();
        Time.Advance(TimeSpan.FromSeconds(5));
        log.RunDue();
        if (inOrder)
        {
            log.End();
        }
    }

    public QueuedEvent Append(string kind = "alarm", int size = 80)
    {
        var seq = (ulong)Journal.Count + 1;
        var body = Encoding.UTF8.GetBytes($$"""{"id":"PAHH-{{seq}}","state":"raised","text":"{{new string('x', size)}}"}""");
        var e = new QueuedEvent(new Epoch(0xFEDCBA9876543210, 3), seq, new EventRecord(kind, new SourceTime(1_000_000 * (long)seq, ClockQuality.Synchronised), body));
        Journal.Add(e);
        return e;
    }

    public HistoryContents? Read() =>
        HistoryReader.Alarms(File.Exists(Data) ? File.ReadAllBytes(Data) : [], File.Exists(Log) ? File.ReadAllBytes(Log) : []);

    /// <summary>The sequence numbers of the alarms that the history holds, and that each has the body that was written.</summary>
    public List<ulong> Seqs()
    {
        var contents = Read();
        Assert.NotNull(contents);
        foreach (var e in contents.Events)
        {
            Assert.Contains($"PAHH-{e.Seq}\"", Encoding.UTF8.GetString(e.Record.Body.Span), StringComparison.Ordinal);
            Assert.Equal(1_000_000 * (long)e.Seq, e.Record.Time.UnixMicroseconds);
        }

        return [.. contents.Events.Select(e => e.Seq)];
    }

    public static List<ulong> Numbers(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(i => (ulong)i)];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private IEnumerable<QueuedEvent> Look()
    {
        Looks++;
        return [.. Journal];
    }
}
