using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// Drives all that hangs on one bus. The station's thread only leaves its newest command here; one thread of the writer's own waits for the
/// line or the device. What is to be safe goes first, and what failed is tried again, with pauses of at most 5 s, for as long as it takes.
/// </summary>
/// <remarks>
/// When the step gives no sign of life for <see cref="LifeLimit"/>, the writer drives every output to its safe state by itself, and
/// does not take the step's word again before the step has heard of that. When the process itself was stopped for as long, nothing is driven away
/// from its safe state before the step has looked anew.
/// </remarks>
public sealed class OutputWriter
{
    /// <summary>Without a sign of life from the step for this long, outputs go to their safe state; an assumption: five steps that did not come.</summary>
    public static readonly TimeSpan LifeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Without a sign of life for this long the heartbeat stands still; two steps that did not come.</summary>
    public static readonly TimeSpan HeartbeatLimit = TimeSpan.FromSeconds(2);

    /// <summary>How soon the writer looks again while it waits for the step to look anew.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly string _bus;
    private readonly List<DrivenSlot> _slots = [];
    private readonly LifeWatch _life;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<OutputReport> _report;
    private readonly Lock _gate = new();
    private (IOutputPort Port, TimeSpan Every)? _heartbeat;
    private TimeSpan _beatAt;
    private bool _beat;
    private volatile bool _supplies;
    private volatile bool _tookOver;
    private volatile bool _stopping;
    private Withdrawal? _underWay;
    private IDisposable? _reserved;
    private int _hurries;

    /// <param name="bus">The bus's name in the site file.</param>
    /// <param name="life">The step's sign of life.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Takes what became of driving outputs, on the writer's thread; it must not wait.</param>
    /// <param name="log">The log.</param>
    public OutputWriter(string bus, StepLife life, TimeProvider time, Action<OutputReport> report, ILogger log)
    {
        (_bus, _time, _report, _log) = (bus, time, report, log);
        _life = new LifeWatch(life);
    }

    /// <summary>The bus's name in the site file.</summary>
    public string Bus => _bus;

    /// <summary>Wakes the writer's thread.</summary>
    public AutoResetEvent Signal { get; } = new(false);

    /// <summary>It drives outputs by itself, because the step gave no sign of life. Stays so until <see cref="Obey"/>.</summary>
    public bool TookOver => _tookOver;

    /// <summary>After <see cref="SafeForGood"/>: everything rests, so far as the ports say.</summary>
    public bool IsAtRest => _slots.TrueForAll(Rests);

    /// <summary>What does not rest, with the reason.</summary>
    public IEnumerable<(string Id, string Fault)> NotAtRest =>
        _slots.Where(s => !Rests(s)).Select(s => (s.Id, s.Fault.Length > 0 ? s.Fault : "no attempt came to its end"));

    /// <summary>Adds something to drive; before the thread runs.</summary>
    /// <param name="id">Its name in the site file.</param>
    /// <param name="port">Its line or register.</param>
    /// <param name="restsAt">An output's safe state; false for a lamp or a siren.</param>
    /// <param name="output">Index into <see cref="Site.Outputs"/>; -1 for a lamp or a siren, of which only <see cref="Fault"/> tells.</param>
    /// <returns>The number by which <see cref="Set"/> knows it.</returns>
    public int Add(string id, IOutputPort port, bool restsAt, int output)
    {
        _slots.Add(new DrivenSlot(id, port, restsAt, output));
        return _slots.Count - 1;
    }

    /// <summary>The line of the external watchdog relay; before the thread runs.</summary>
    public void SetHeartbeat(IOutputPort port, TimeSpan every) => _heartbeat = (port, every);

    /// <summary>Whether the heartbeat goes from now on; it stands still before the first word. From any thread.</summary>
    public void Supply(bool may)
    {
        if (_supplies != may)
        {
            _supplies = may;
            Signal.Set();
        }
    }

    /// <summary>What is wrong with driving a lamp or a siren, once <see cref="DriveDebt.Patience"/> is over; null: nothing. From any thread.</summary>
    public string? Fault(int slot, TimeSpan now) => _slots[slot].Debt.Fault(now);

    /// <summary>The newest command for a slot. From any thread, and never waits.</summary>
    public void Set(int slot, bool energised)
    {
        lock (_gate)
        {
            var its = _slots[slot];
            its.Wanted = energised;
            its.Version++;
            its.Debt.Owe(_time.Monotonic());
            if (energised == its.RestsAt && its.Output >= 0)
            {
                Hurry(its); // a lamp that blinks is in nobody's way
            }
        }

        Signal.Set();
    }

    /// <summary>The step has heard that the writer took over, has said anew what is to be, and has given its sign of life since.</summary>
    public void Obey()
    {
        _tookOver = false;
        Signal.Set();
    }

    /// <summary>The process ends soon, and this one is to stay as it is then, since another process keeps it; or is not, since that is over.</summary>
    public void Leave(int slot, bool left)
    {
        lock (_gate)
        {
            _slots[slot].Left = left;
        }

        Signal.Set();
    }

    /// <summary>The process ends: outputs go to their safe state, lamps and sirens off, the heartbeat stands still; commands have no effect any more.</summary>
    public void SafeForGood()
    {
        _stopping = true;
        lock (_gate)
        {
            _underWay?.Withdraw();
            foreach (var slot in _slots)
            {
                if (slot.Output >= 0 && !Rests(slot))
                {
                    Hurry(slot);
                }
            }
        }

        Signal.Set();
    }

    /// <summary>Does what is due, one attempt after the other, the most urgent first. One thread runs it; a test runs it by hand.</summary>
    /// <returns>How long until the next is due; at most <see cref="BusLoop.LongestWait"/>.</returns>
    public TimeSpan RunDue(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var now = _time.Monotonic();
            WatchLife(now);
            Beat(now, stop);
            if (Next(_time.Monotonic()) is not { } due)
            {
                return Wait(_time.Monotonic());
            }

            if (due.Rank == DriveRank.ReadBack)
            {
                ReadBack(due, stop);
            }
            else
            {
                Drive(due, stop);
            }
        }

        TellUntold();
        LetOthers();
        return BusLoop.LongestWait;
    }

    /// <summary>What is under way ends where it still can, also that of another output, and no scan of its bus begins: what goes safe goes first.</summary>
    private void Hurry(DrivenSlot slot)
    {
        _hurries++;
        _underWay?.Withdraw();
        _reserved ??= slot.Port.Reserve();
    }

    private void LetOthers()
    {
        lock (_gate)
        {
            _reserved?.Dispose();
            _reserved = null;
        }
    }

    private void Drive(in DueDrive due, CancellationToken stop)
    {
        var slot = due.Slot;
        if (due.Rank >= DriveRank.SafeAgain)
        {
            TellUntold(); // that they were driven does not wait for this one
        }

        // What leaves its rest can be taken back until it is sent: it may wait for its bus. It is old by then when the step, which gives a sign of life each second, has given
        // fewer than one in two: it is dead, or the whole process stood still meanwhile.
        var (since, beats) = (_time.Monotonic(), _life.Beats);
        using var withdrawal = due.Energised == slot.RestsAt
            ? null
            : Begin(due, () => _time.Monotonic() - since is var waited && waited >= LifeLimit && _life.Beats - beats < waited.TotalSeconds / 2);
        var report = slot.Drive(due.Energised, due.Version, _time, withdrawal, stop);
        End();
        if (report is not { } told)
        {
            return;
        }

        TellLog(slot, told);
        if (slot.OwesReadBack)
        {
            slot.Untold = told;
        }
        else
        {
            Report(slot, told);
        }
    }

    /// <summary>It may be put off as long as it waits for its bus: something may have to go safe.</summary>
    private void ReadBack(in DueDrive due, CancellationToken stop)
    {
        using var withdrawal = Begin(due, static () => false);
        var report = due.Slot.ReadBack(withdrawal, _time, stop);
        End();
        if (report is { } told)
        {
            Report(due.Slot, told);
        }
    }

    private Withdrawal Begin(in DueDrive due, Func<bool> isOld)
    {
        var withdrawal = new Withdrawal(isOld);
        lock (_gate)
        {
            if (due.Slot.Version != due.Version || _hurries != due.Hurries)
            {
                withdrawal.Withdraw(); // the newest command came since it was chosen
            }

            _underWay = withdrawal;
        }

        return withdrawal;
    }

    private void End()
    {
        lock (_gate)
        {
            _underWay = null;
        }
    }

    private bool Rests(DrivenSlot slot) => IsLeft(slot) || (slot.Last is (var energised, true) && energised == slot.RestsAt);

    /// <summary>What the writer took over is safe already, and is not left in another state; and what was asked to go safe goes there, however long its write has to wait.</summary>
    private bool IsLeft(DrivenSlot slot) => slot.Left && _stopping && !_tookOver && slot.Wanted is { } wanted && wanted != slot.RestsAt;

    private bool IsForced => _tookOver || _stopping;

    private bool MayTakeOver => !IsForced && _slots.Exists(s => s.Output >= 0);

    private bool IsFresh => _life.Silent < HeartbeatLimit && !_life.IsPast;

    private void WatchLife(TimeSpan now)
    {
        var may = MayTakeOver; // before the look: the step gives its sign of life, and then has its word again
        _life.LookAt(now);
        if (may && _life.Silent >= LifeLimit)
        {
            _tookOver = true;
            _log.WriterTookOver(_bus, LifeLimit.TotalSeconds);
        }
    }

    private void Beat(TimeSpan now, CancellationToken stop)
    {
        if (_heartbeat is not var (port, every) || IsForced || !_supplies || now < _beatAt || !IsFresh)
        {
            return;
        }

        // By the clock and not by the last change: a write that took long must not stretch all that follow.
        _beatAt = _beatAt + every > now ? _beatAt + every : now + every;
        if (DrivenSlot.Attempt(port, !_beat, null, stop).Done)
        {
            _beat = !_beat;
        }
    }

    /// <summary>
    /// What is to be done now: what goes safe first, then what is still to be read back, then new commands, then what is to be driven again. Among equals the one that has been due longest: several
    /// outputs of a dead device must not keep a living one from its second attempt.
    /// </summary>
    private DueDrive? Next(TimeSpan now)
    {
        DueDrive? best = null;
        lock (_gate)
        {
            var (forced, rank) = (IsForced, DriveRank.None);
            foreach (var slot in _slots)
            {
                if (RankOf(slot, forced, now, out var energised) is var its && (its > rank || (its == rank && its is DriveRank.SafeAgain or DriveRank.Again && slot.Again < best!.Value.Slot.Again)))
                {
                    (best, rank) = (new DueDrive(slot, its, energised, slot.Version, _hurries), its);
                }
            }

            if (rank >= DriveRank.SafeOfFailing)
            {
                _reserved ??= best!.Value.Slot.Port.Reserve();
            }
            else
            {
                LetOthers();
            }
        }

        return best;
    }

    private DriveRank RankOf(DrivenSlot slot, bool forced, TimeSpan now, out bool energised)
    {
        bool? wanted = IsLeft(slot) ? null : forced && (slot.Output >= 0 || _stopping) ? slot.RestsAt : slot.Wanted;
        if (slot.Output >= 0 && wanted != slot.RestsAt && _life.IsPast)
        {
            wanted = null;
        }

        energised = wanted ?? slot.RestsAt;
        return slot.RankOf(wanted, forced, now);
    }

    private TimeSpan Wait(TimeSpan now)
    {
        var wait = BusLoop.LongestWait;
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                Take(IsLeft(slot) ? null : slot.Again);
            }
        }

        Take(_heartbeat is not null && !IsForced && _supplies && IsFresh ? _beatAt : null);
        Take(MayTakeOver ? now + LifeLimit - _life.Silent : null);
        return _life.IsPast && wait < LookAgain ? LookAgain : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;

        void Take(TimeSpan? due) => wait = due is { } at && at - now < wait ? at - now : wait;
    }

    private void TellUntold()
    {
        foreach (var slot in _slots)
        {
            if (slot.Untold is { } told)
            {
                slot.Untold = null;
                Report(slot, told);
            }
        }
    }

    private void Report(DrivenSlot slot, in OutputReport report)
    {
        if (slot.Output >= 0)
        {
            _report(report);
        }
    }

    private void TellLog(DrivenSlot slot, in OutputReport report)
    {
        if (!report.Done)
        {
            _log.NotDriven(slot.Id, _bus, report.Fault);
        }
        else if (slot.IsBack)
        {
            _log.DrivenAgain(slot.Id, _bus);
        }
    }
}
