using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Audit;

namespace EdgeNode.UnitTests.Spool.Audit;

/// <summary>What the node was told to be wrong with it.</summary>
public sealed class HeardAlarms : INodeAlarms
{
    public Dictionary<NodeAlarm, (bool Active, string Detail)> Present { get; } = [];

    public List<(NodeAlarm Alarm, bool Active)> All { get; } = [];

    public void Set(NodeAlarm alarm, bool active, string detail = "")
    {
        lock (All)
        {
            All.Add((alarm, active));
            Present[alarm] = (active, detail);
        }
    }

    public bool IsActive(NodeAlarm alarm) => Present.TryGetValue(alarm, out var state) && state.Active;
}

/// <summary>A trail on a disk in memory, written by hand.</summary>
public sealed class AuditBench
{
    public const string Folder = "/data/audit";

    public MemoryDisk Disk { get; set; } = new();

    public HandClock Clock { get; } = new();

    public HeardAlarms Alarms { get; } = new();

    public AuditOptions Options { get; set; } = new();

    public List<AuditAnchor> Anchors { get; } = [];

    public AuditTrail Open() => new(Disk, Folder, Options, Clock, Alarms, e =>
        Anchors.AddRange(AuditInspector.Anchors([new QueuedEvent(new Epoch(1, 1), 1, e)])));

    /// <summary>A run of the node: opens, adds, writes, and leaves the trail as a kill does.</summary>
    public AuditTrail Run(int entries, int size = 20)
    {
        var trail = Open();
        for (var i = 0; i < entries; i++)
        {
            Clock.Advance(0.5);
            trail.Add("maria", "command", Encoding.UTF8.GetBytes($$"""{"i":{{i}},"text":"{{new string('x', size)}}"}"""));
            trail.RunDue();
        }

        return trail;
    }

    public AuditVerdict Verify(IReadOnlyCollection<AuditAnchor>? anchors = null) =>
        AuditInspector.Look(Folder, Disk, anchors ?? []) ?? throw new InvalidOperationException("no trail");

    public List<AuditEntry> Entries() => AuditInspector.Entries(Folder, Disk) ?? throw new InvalidOperationException("no trail");

    public string[] Files => [.. Disk.Paths.Where(p => p.Contains("/audit-"))];
}
