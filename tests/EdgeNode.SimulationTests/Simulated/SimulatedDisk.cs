using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>When, seen from one call of the disk, a stop comes.</summary>
public enum Moment
{
    /// <summary>Before it was carried out.</summary>
    Before,

    /// <summary>Half of a write is done, or a flush of which nobody knows how far it came.</summary>
    During,

    /// <summary>It is done, and the caller does not hear of it.</summary>
    After,
}

/// <summary>What kind of stop.</summary>
public enum Stop
{
    /// <summary>The process is killed: what it wrote is with the kernel.</summary>
    Kill,

    /// <summary>The power goes: what was not flushed is lost in part, torn and out of order.</summary>
    PowerCut,
}

/// <summary>A stop at one call of the disk that changes something.</summary>
/// <param name="Call">Which call, counted from 0 over the life of the world.</param>
/// <param name="Moment">When.</param>
/// <param name="Kind">What.</param>
public sealed record CrashPoint(long Call, Moment Moment, Stop Kind);

/// <summary>The process is gone in the middle of a call; unwinds what was on its way and is caught by the world alone.</summary>
internal sealed class LifeEnded : Exception;

/// <summary>
/// The disk in memory with time around it: each call of the recorder may take a while in which all others run on, the process or the
/// power may go at any call, and for the negative control it may lie about a flush.
/// </summary>
internal sealed class SimulatedDisk(World world) : ISpoolDisk
{
    public MemoryDisk Memory { get; } = new();

    /// <summary>How long a call takes; nothing without it.</summary>
    public Func<DiskCall, TimeSpan>? Takes { get; set; }

    /// <summary>The bug of the negative control: says "flushed" and did nothing.</summary>
    public bool IgnoresFlush { get; set; }

    /// <summary>Calls so far that change something.</summary>
    public long Changes { get; private set; }

    /// <summary>Stops still to come, each once.</summary>
    public Queue<CrashPoint> CrashAt { get; } = new();

    /// <summary>Called when a crash point is reached: the world ends the life, and this call does not return.</summary>
    public required Action<Stop> Crash { get; init; }

    public DiskError CreateDirectory(string path) => Change(DiskCall.CreateDirectory, () => Memory.CreateDirectory(path));

    public DiskError List(string directory, List<string> names) => Memory.List(directory, names);

    public DiskError Open(string path, bool write, out ISpoolFile? file)
    {
        var error = Memory.Open(path, write, out var inner);
        file = inner is null ? null : new SimulatedFile(this, inner);
        return error;
    }

    public DiskError Create(string path, out ISpoolFile? file)
    {
        ISpoolFile? inner = null;
        var error = Change(DiskCall.Create, () => Memory.Create(path, out inner));
        file = inner is null ? null : new SimulatedFile(this, inner);
        return error;
    }

    public DiskError Rename(string from, string to) => Change(DiskCall.Rename, () => Memory.Rename(from, to));

    public DiskError Delete(string path) => Change(DiskCall.Delete, () => Memory.Delete(path));

    public DiskError SyncDirectory(string directory) =>
        Change(DiskCall.SyncDirectory, () => IgnoresFlush ? DiskError.None : Memory.SyncDirectory(directory));

    public DiskError TryLock(string path, out IDisposable? held)
    {
        IDisposable? taken = null;
        var error = Change(DiskCall.Lock, () => Memory.TryLock(path, out taken));
        held = taken;
        return error;
    }

    private DiskError Change(DiskCall call, Func<DiskError> action, Action? half = null)
    {
        LookAtGate();
        var number = Changes++;
        world.Trace.Add(world.Clock.Now, 100 + (int)call, number);
        CrashIf(number, Moment.Before);
        var takes = Takes?.Invoke(call) ?? TimeSpan.Zero;

        // Nobody knows when within its time a flush takes effect; here it is in the middle.
        world.Pass(takes / 2);
        if (CrashAt.TryPeek(out var point) && point.Call == number && point.Moment == Moment.During)
        {
            half?.Invoke();
            CrashIf(number, Moment.During);
        }

        var error = action();
        world.Pass(takes / 2);
        CrashIf(number, Moment.After);
        return error;
    }

    // The uplink and the status take the gate: a disk that hangs must not hold them.
    private void LookAtGate()
    {
        if (world.Life?.Journal?.Gate.IsHeldByCurrentThread == true)
        {
            world.Ledger.Find("the journal's gate is held during disk work");
        }
    }

    private void CrashIf(long number, Moment moment)
    {
        while (CrashAt.TryPeek(out var passed) && passed.Call < number)
        {
            CrashAt.Dequeue();
        }

        if (CrashAt.TryPeek(out var point) && point.Call == number && point.Moment == moment)
        {
            CrashAt.Dequeue();
            Crash(point.Kind);
        }
    }

    private sealed class SimulatedFile(SimulatedDisk disk, ISpoolFile inner) : ISpoolFile
    {
        public DiskError Length(out long length) => inner.Length(out length);

        public DiskError Preallocate(long length) => disk.Change(DiskCall.Preallocate, () => inner.Preallocate(length));

        public DiskError Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (disk.CrashAt.Count == 0 && disk.Takes is null)
            {
                // The long way is for those who need it: a day has millions of writes.
                disk.Changes++;
                return inner.Write(bytes, offset);
            }

            var copy = bytes.ToArray();
            return disk.Change(DiskCall.Write, () => inner.Write(copy, offset), () => inner.Write(copy.AsSpan(0, copy.Length / 2), offset));
        }

        public DiskError Read(Span<byte> into, long offset, out int read)
        {
            disk.LookAtGate();
            return inner.Read(into, offset, out read);
        }

        public DiskError Sync() => disk.Change(DiskCall.Sync, () => disk.IgnoresFlush ? DiskError.None : inner.Sync());

        public void Dispose() => inner.Dispose();
    }
}
