using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Vote;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The groups and the bypasses as those see them who look from another thread, and the way of what becomes of them to the recorder, the log, the audit trail and the state store;
/// and how long groups have waited for a repair. The station's loop writes it.
/// </summary>
/// <remarks>
/// What people ask is entered into the audit trail where they ask, with the process that the kernel names; here stands what nobody asked for: a bypass that is over by its time.
/// Until the state store is loaded a bypass of the run before is not in force: its member votes, which is the safe side.
/// </remarks>
internal sealed class GroupBook
{
    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly IStateStore? _state;
    private readonly IAudit? _audit;
    private readonly GroupMemory? _memory;
    private readonly Lock _look = new();
    private readonly List<BypassCommand> _commands = [];
    private readonly TimeSpan?[] _lost;
    private readonly MemberState[][] _members;
    private readonly TimeSpan?[] _lostSince;
    private List<KeptBypass> _present = [];
    private bool _restored;
    private TimeSpan _writeAt;

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose groups they are.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where bypasses are told.</param>
    /// <param name="state">What keeps them across a restart; null: nothing does.</param>
    /// <param name="audit">Where the end of a bypass is entered that nobody asked for; null: nowhere.</param>
    public GroupBook(Site site, Station station, RecorderQueue queue, IStationClock clock, ILogger log, IStateStore? state, IAudit? audit)
    {
        (_site, _station, _queue, _clock, _log, _state, _audit) = (site, station, queue, clock, log, state, audit);
        _memory = state is null ? null : new GroupMemory(site, state, clock);
        _restored = state is null;
        _lost = new TimeSpan?[site.Groups.Length];
        _members = [.. site.Groups.Select(g => new MemberState[g.Members.Length])];
        _lostSince = new TimeSpan?[site.Groups.Length];
    }

    private GroupStatus Status(MemberState[] members, int group, TimeSpan now)
    {
        // Before its members were read the repair time of the run before goes on, and nobody is known to be lost.
        var lost = members.Count(m => VoteTable.Of(m) == Standing.Lost);
        return new GroupStatus([.. members], lost, lost > 0 ? _site.Groups[group].RepairWithin - (now - _lostSince[group]) : null);
    }

    /// <summary>How each group stands, by group index. From any thread.</summary>
    public IReadOnlyList<GroupStatus> Present
    {
        get
        {
            var now = _clock.Read().Monotonic;
            lock (_look)
            {
                return [.. _members.Select((m, g) => Status(m, g, now))];
            }
        }
    }

    /// <summary>Those in force, in the order of groups and members. From any thread.</summary>
    public IReadOnlyList<BypassStatus> Bypasses
    {
        get
        {
            var now = _clock.Read();
            lock (_look)
            {
                return [.. _present.OrderBy(b => (b.Group, b.Member)).Select(b => new BypassStatus(b.Group, b.Member, now.WallAt(b.Until), b.Until - now.Monotonic, b.By, b.Why))];
            }
        }
    }

    /// <summary>Takes over what the run before left, once it is known.</summary>
    public void Restore()
    {
        if (_restored || !_state!.IsLoaded)
        {
            return;
        }

        _restored = true;
        var now = _clock.Read();
        foreach (var kept in _memory!.Bypasses(now).Where(k => Find(k.Group, k.Member) is null))
        {
            if (_station.Groups.RestoreBypass(kept.Group, kept.Member, kept.Until, now.Monotonic))
            {
                Put(kept);
                var left = kept.Until - now.Monotonic;
                _log.BypassGoesOn(Member(kept.Group, kept.Member), Group(kept.Group), left.TotalSeconds, kept.By, kept.Why);
            }
            else
            {
                _memory.Forget(kept.Group, kept.Member);
                Tell(new BypassNotice(kept.Group, kept.Member, BypassOutcome.Expired, null, kept.Why) { GrantedBy = kept.By }, now.Wall);
            }
        }

        var lost = _memory.Lost(now);
        for (var group = 0; group < lost.Length; group++)
        {
            _lost[group] = lost[group];
            if (lost[group] is { } since && _station.Groups.RestoreLost(group, since) is { } alarm)
            {
                _station.Alarms[alarm].Backdate(since);
            }
        }

        _writeAt = now.Monotonic;
    }

    /// <summary>What people ask, as the step takes it.</summary>
    public List<BypassCommand> Commands(Asked<BypassRequest, BypassReply> asked, ClockReading now)
    {
        _commands.Clear();
        _commands.AddRange(asked.Commands.Select(a => new BypassCommand(a.Group, a.Member, a.For is { } span ? now.Monotonic + span : null)));
        return _commands;
    }

    /// <summary>Takes how the groups stand after a step, what became of bypasses in it, and how long members are lost; replies to those who asked.</summary>
    public void Take(List<BypassEvent> events, Asked<BypassRequest, BypassReply> asked, ClockReading now)
    {
        var answered = 0;
        foreach (var e in events)
        {
            if (e.Outcome == BypassOutcome.Expired)
            {
                Over(e, now);
                continue;
            }

            Answer(e, asked.Commands[answered], now);
            asked.Reply(answered, new BypassReply(e.Outcome, e.Outcome == BypassOutcome.Granted ? now.WallAt(e.Command.Until!.Value) : null));
            answered++;
        }

        Look();
        if (_memory is not null && _restored)
        {
            Keep(now);
        }
    }

    private void Look()
    {
        lock (_look)
        {
            for (var group = 0; group < _members.Length; group++)
            {
                var members = _station.Members(group);
                for (var member = 0; member < members.Count; member++)
                {
                    _members[group][member] = members.State(member);
                }

                _lostSince[group] = _station.Groups.LostSince(group);
            }
        }
    }

    private void Answer(in BypassEvent e, BypassRequest asked, ClockReading now)
    {
        var (group, member, until) = e.Command;
        if (e.Outcome == BypassOutcome.NoSuchMember)
        {
            return; // there is no name to tell it by
        }

        var before = Find(group, member);
        if (e.Outcome == BypassOutcome.Granted)
        {
            var granted = new KeptBypass(group, member, until!.Value, asked.By, asked.Why);
            Put(granted);
            _memory?.Keep(granted, now);
        }
        else if (until is null)
        {
            Remove(before);
            _memory?.Forget(group, member); // also one that is not known yet, because the store is not loaded
        }

        Tell(
            new BypassNotice(group, member, e.Outcome, asked.By, asked.Why)
            {
                GrantedBy = e.Outcome == BypassOutcome.Ended ? before?.By : null,
                Until = e.Outcome == BypassOutcome.Granted ? now.WallAt(until!.Value) : null,
            },
            now.Wall);
    }

    private void Over(in BypassEvent e, ClockReading now)
    {
        var (group, member, _) = e.Command;
        var before = Find(group, member);
        Remove(before);
        _memory?.Forget(group, member);
        Tell(new BypassNotice(group, member, e.Outcome, null, before?.Why ?? "") { GrantedBy = before?.By }, now.WallAt(e.At));
    }

    private void Tell(BypassNotice told, SourceTime time)
    {
        _queue.Put(EventBody.Bypass(_site, told, time));
        var (member, group) = (Member(told.Group, told.Member), Group(told.Group));
        switch (told.Outcome)
        {
            case BypassOutcome.Granted:
                _log.BypassGranted(member, group, told.Until!.Value.ToDateTimeOffset(), told.By!, told.Why);
                break;
            case BypassOutcome.Ended:
                _log.BypassEnded(member, group, told.By!);
                break;
            case BypassOutcome.Expired:
                _log.BypassExpired(member, group, told.GrantedBy ?? "");
                _audit?.Add(AuditWho.System, AuditKind.Bypass + "expired", json => EventBody.WriteBypass(json, _site, told));
                break;
            default:
                _log.BypassRefused(member, group, told.By!, told.Outcome.Text());
                break;
        }
    }

    private void Keep(ClockReading now)
    {
        var due = now.Monotonic >= _writeAt;
        _writeAt = due ? now.Monotonic + KeptTime.Pace : _writeAt;
        for (var group = 0; group < _lost.Length; group++)
        {
            var since = _station.Groups.LostSince(group);

            // Once the repair is overdue, for how long changes nothing.
            if (since != _lost[group] || (due && now.Monotonic - since <= _site.Groups[group].RepairWithin))
            {
                _memory!.KeepLost(group, since, now);
                _lost[group] = since;
            }
        }

        if (due)
        {
            _present.ForEach(b => _memory!.Keep(b, now));
        }
    }

    private KeptBypass? Find(int group, int member) => _present.Find(b => b.Group == group && b.Member == member);

    private void Put(KeptBypass bypass)
    {
        lock (_look)
        {
            _present.RemoveAll(b => b.Group == bypass.Group && b.Member == bypass.Member);
            _present.Add(bypass);
        }
    }

    private void Remove(KeptBypass? bypass)
    {
        lock (_look)
        {
            if (bypass is not null)
            {
                _present.Remove(bypass);
            }
        }
    }

    private string Group(int group) => _site.Groups[group].Id;

    private string Member(int group, int member) => _site.Points[_site.Groups[group].Members[member]].Name;
}
