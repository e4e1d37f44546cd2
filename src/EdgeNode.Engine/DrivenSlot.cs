using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>One thing that a writer drives, and where it stands with it. The writer's thread uses all of it but what is wanted.</summary>
/// <param name="id">Its name in the site file.</param>
/// <param name="port">Its line or register.</param>
/// <param name="restsAt">Its level when nobody is there to say another one: an output's safe state, a lamp that is off.</param>
/// <param name="output">Index into <see cref="Site.Outputs"/>; -1 for a lamp or a siren.</param>
internal sealed class DrivenSlot(string id, IOutputPort port, bool restsAt, int output)
{
    /// <summary>Longest pause between two attempts: what is to be safe is not left alone for longer. An assumption.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private OutputReport? _reported;
    private TimeSpan _retry = OutputOptions.FirstRetry;

    public string Id => id;

    public IOutputPort Port => port;

    public int Output => output;

    public bool RestsAt => restsAt;

    /// <summary>The newest command; null before the first. Under the writer's lock.</summary>
    public bool? Wanted { get; set; }

    /// <summary>At the end of the process it stays as it is: another process keeps it. Under the writer's lock.</summary>
    public bool Left { get; set; }

    /// <summary>Counts the commands. Under the writer's lock.</summary>
    public int Version { get; set; }

    /// <summary>The last command that was driven, done or not.</summary>
    public int DrivenVersion { get; private set; }

    /// <summary>The last attempt, and what became of it.</summary>
    public (bool Energised, bool Done)? Last { get; private set; }

    /// <summary>When it is to be driven although nothing has changed: after a failure, or so that a device's own watchdog is content.</summary>
    public TimeSpan? Again { get; private set; }

    /// <summary>The last attempt was done, and what the device does since is still to be read.</summary>
    public bool OwesReadBack { get; private set; }

    /// <summary>What is new of it and waits for that; null when nothing does.</summary>
    public OutputReport? Untold { get; set; }

    /// <summary>The last attempt succeeded, and the one before it had not.</summary>
    public bool IsBack { get; private set; }

    /// <summary>Why the last attempt failed; empty when it did not.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Since when it is to be driven and has not been; of a lamp or a siren nothing else tells.</summary>
    public DriveDebt Debt { get; } = new();

    /// <summary>Drives a port; one that throws has failed.</summary>
    public static OutputResult Attempt(IOutputPort port, bool energised, Withdrawal? withdrawal, CancellationToken stop)
    {
        try
        {
            return port.Drive(energised, withdrawal, stop);
        }
#pragma warning disable CA1031 // A port with a programming error would end its thread, and leave all else on its bus where it stands.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new OutputResult(false, null, $"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>How urgent it is. Under the writer's lock.</summary>
    /// <param name="wanted">What it is to do; null: nothing.</param>
    /// <param name="forced">It is driven whatever was asked last.</param>
    /// <param name="now">Monotonic time.</param>
    public DriveRank RankOf(bool? wanted, bool forced, TimeSpan now)
    {
        var isSafe = wanted == restsAt && output >= 0;
        var isNew = wanted is { } level && (Last?.Energised != level || (!forced && Version != DrivenVersion));
        var rank = isNew ? (!isSafe ? DriveRank.New : Fault.Length == 0 ? DriveRank.Safe : DriveRank.SafeOfFailing)
            : wanted is null || !(Again <= now) ? DriveRank.None
            : isSafe ? DriveRank.SafeAgain : DriveRank.Again;
        return OwesReadBack && rank < DriveRank.ReadBack ? DriveRank.ReadBack : rank;
    }

    /// <summary>Drives it.</summary>
    /// <returns>What is new of it; null when nothing is, or when it was taken back in time: then all is as before.</returns>
    public OutputReport? Drive(bool energised, int version, TimeProvider time, Withdrawal? withdrawal, CancellationToken stop)
    {
        var before = Last;
        Debt.Owe(time.Monotonic());
        var result = Attempt(port, energised, withdrawal, stop);
        if (result.WasTakenBack)
        {
            return null;
        }

        Debt.Take(energised, result);
        var now = time.Monotonic();
        if (result.Done || before?.Energised != energised)
        {
            _retry = OutputOptions.FirstRetry;
        }

        IsBack = result.Done && before is { Done: false };
        (Last, Fault) = ((energised, result.Done), result.Fault);
        Again = result.Done ? now + port.RefreshEvery : now + _retry;
        if (!result.Done)
        {
            _retry = 2 * _retry < LongestRetry ? 2 * _retry : LongestRetry;
        }

        // What is only written anew does as it did before, until it has been read.
        OwesReadBack = result is { Done: true, IsUnread: true } && output >= 0;
        var known = OwesReadBack && version == DrivenVersion && _reported is { Done: true } last && last.Energised == energised ? last.ReadBack : result.ReadBack;
        var report = new OutputReport(output, energised, result.Done, known, result.Fault, now);
        var isNew = version != DrivenVersion || _reported is not { } told || told with { At = now } != report;
        (DrivenVersion, _reported) = (version, report);
        return isNew ? report : null;
    }

    /// <summary>Reads what it does since it was driven.</summary>
    /// <returns>What is new of it; null when nothing is, or when it was put off: then it is still owed.</returns>
    public OutputReport? ReadBack(Withdrawal withdrawal, TimeProvider time, CancellationToken stop)
    {
        bool? read = null;
        try
        {
            read = port.ReadBack(Last!.Value.Energised, withdrawal, stop);
        }
#pragma warning disable CA1031 // As for a drive.
        catch (Exception)
#pragma warning restore CA1031
        {
            // It was driven all the same; what it does cannot be read.
        }

        if (read is null && (withdrawal.IsDue || stop.IsCancellationRequested))
        {
            return null;
        }

        var told = _reported!.Value;
        var isNew = Untold is not null || told.ReadBack != read;
        (OwesReadBack, Untold) = (false, null);
        _reported = told with { ReadBack = read, At = time.Monotonic() };
        return isNew ? _reported : null;
    }
}
