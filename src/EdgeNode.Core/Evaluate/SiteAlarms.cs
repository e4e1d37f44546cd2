using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Evaluate;

/// <summary>
/// All alarms of a site, and what they have to do with each other: suppression by design, the first of a group to come up, chatter and flood.
/// </summary>
/// <remarks>
/// Chatter and flood change only what is announced (lamps, sirens): every transition is told, every state shown, and a critical alarm
/// is announced whatever there is.
/// </remarks>
public sealed class SiteAlarms
{
    private readonly Site _site;
    private readonly AlarmEvaluator[] _alarms;
    private readonly Chatter[] _chatter;
    private readonly Flood _flood = new();
    private readonly FirstOutGroup?[] _groups;
    private readonly int[][] _ofPoint;
    private readonly int[][] _byPoint;
    private readonly int[][] _byAlarm;
    private readonly int[] _all;
    private readonly int[] _linked;
    private readonly bool[] _isLinked;
    private readonly List<AlarmTransition> _told;
    private readonly List<(TimeSpan At, int Alarm)> _due = [];
    private readonly List<TimeSpan> _broughtBack = [];
    private TimeSpan _latest = TimeSpan.MinValue;

    /// <param name="site">The checked site.</param>
    /// <param name="told">Takes the transitions, in their order.</param>
    public SiteAlarms(Site site, List<AlarmTransition> told)
    {
        ArgumentNullException.ThrowIfNull(site);
        _site = site;
        _told = told;
        var alarms = site.Alarms;
        _alarms = [.. alarms.Select((a, i) => new AlarmEvaluator(i, a))];
        _all = [.. Enumerable.Range(0, alarms.Length)];
        _chatter = [.. alarms.Select(_ => new Chatter())];
        var groups = alarms.Select((a, i) => (a, i)).Where(x => x.a.FirstOut is not null).GroupBy(x => x.a.FirstOut!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new FirstOutGroup([.. g.Select(x => _alarms[x.i])], [.. g.Select(x => x.i)]), StringComparer.Ordinal);
        _groups = [.. alarms.Select(a => a.FirstOut is { } name ? groups[name] : null)];
        _ofPoint = Of(site.Points.Length, (a, p) => (a.Group is null && a.Point == p) || a.ReferencePoint == p);
        _byPoint = Of(site.Points.Length, (a, p) => a.SuppressWhen is { IsAlarm: false } c && c.Index == p && a.Priority != AlarmPriority.Critical);
        _byAlarm = Of(alarms.Length, (a, n) => a.SuppressWhen is { IsAlarm: true } c && c.Index == n && a.Priority != AlarmPriority.Critical);

        // One suppresses the other, so that they go together in the order of time.
        _linked = [.. Enumerable.Range(0, alarms.Length).Where(i => _byAlarm[i].Length > 0 || alarms[i].SuppressWhen is not null)];
        _isLinked = [.. Enumerable.Range(0, alarms.Length).Select(_linked.Contains)];

        int[][] Of(int count, Func<AlarmOptions, int, bool> belongs) =>
            [.. Enumerable.Range(0, count).Select(n => alarms.Select((a, i) => (a, i)).Where(x => belongs(x.a, n)).Select(x => x.i).ToArray())];
    }

    /// <summary>One alarm.</summary>
    public AlarmEvaluator this[int alarm] => _alarms[alarm];

    /// <summary>Alarms come faster than a person can take them.</summary>
    public bool IsFlooded => _flood.IsOn;

    /// <summary>Monotonic time at which something is due; null when nothing is.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            var earliest = _flood.Deadline;
            for (var i = 0; i < _alarms.Length; i++)
            {
                Take(_alarms[i].Deadline);
                Take(_chatter[i].Deadline);
            }

            return earliest;

            void Take(TimeSpan? at) => earliest = earliest is null || at < earliest ? at : earliest;
        }
    }

    /// <summary>The alarms that something has happened to, so that they may be due at another moment; whoever steps them takes it out.</summary>
    internal List<int> Changed { get; } = [];

    /// <summary>The alarm comes up again and again.</summary>
    public bool IsChattering(int alarm) => _chatter[alarm].IsOn;

    /// <summary>It was the first of its group to be announced, and the group has not come to rest since.</summary>
    public bool IsFirstOut(int alarm) => _groups[alarm]?.First == alarm;

    /// <summary>Takes the word of the run before for it that the alarm was the first of its group, unless this run knows of another.</summary>
    public void RestoreFirstOut(int alarm) => _groups[alarm]?.Restore(alarm);

    /// <summary>Once the states of the run before are taken over: a group that is at rest has no first.</summary>
    public void SettleFirstOuts()
    {
        foreach (var group in _groups)
        {
            group?.Settle();
        }
    }

    /// <summary>
    /// It is to be announced by lamps and sirens: unacknowledged, and active or latched. A critical one always; others not while they chatter;
    /// of low and medium priority not during a flood.
    /// </summary>
    public bool IsAnnounced(int alarm) => _alarms[alarm].State is AlarmState.Unacknowledged or AlarmState.LatchedUnacknowledged && !IsMuted(alarm);

    /// <summary>It calls for nobody: it chatters, or comes in a flood. A critical one never.</summary>
    public bool IsMuted(int alarm)
    {
        var priority = _site.Alarms[alarm].Priority;
        return priority != AlarmPriority.Critical && (IsChattering(alarm) || (IsFlooded && priority < AlarmPriority.High));
    }

    /// <summary>From when on an alarm that is not muted may call: since it came up, or since what muted it then was over.</summary>
    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="cameUp">Monotonic time at which it came up.</param>
    public TimeSpan CallsFrom(int alarm, TimeSpan cameUp)
    {
        var priority = _site.Alarms[alarm].Priority;
        if (priority == AlarmPriority.Critical)
        {
            return cameUp;
        }

        var (chatter, flood) = (_chatter[alarm].Last.After(cameUp), priority < AlarmPriority.High ? _flood.Last.After(cameUp) : cameUp);
        return chatter > flood ? chatter : flood;
    }

    /// <summary>Takes a reading into account.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="at">When it was taken, by both clocks.</param>
    /// <param name="stale">No value has come for the point's stale time.</param>
    public void Observe(in Reading reading, ClockReading at, bool stale = false)
    {
        foreach (var alarm in _ofPoint[reading.Point])
        {
            _alarms[alarm].Observe(reading, at.Monotonic, stale);
            Changed.Add(alarm);
        }

        if (_byPoint[reading.Point] is { Length: > 0 } suppressed)
        {
            Suppress(suppressed, reading.IsOn, at);
        }
    }

    /// <summary>Takes what a group has voted into account.</summary>
    public void Observe(int alarm, in ConditionReport report)
    {
        _alarms[alarm].Observe(report);
        Changed.Add(alarm);
    }

    /// <summary>Lets these run up to a moment.</summary>
    public void AdvanceEach(ReadOnlySpan<int> alarms, ClockReading until)
    {
        var linked = false;
        foreach (var alarm in alarms)
        {
            linked |= _isLinked[alarm];
        }

        AdvanceInOrder(linked ? _linked : [], until);
        foreach (var alarm in alarms)
        {
            Advance(alarm, until);
        }
    }

    /// <summary>Lets what hangs on a point run up to a moment.</summary>
    public void AdvanceOf(int point, ClockReading until)
    {
        AdvanceInOrder(_byPoint[point].Length > 0 ? _linked : [], until);
        AdvanceEach(_ofPoint[point], until);
    }

    /// <summary>Lets everything run up to now, in the order in which it was due: the first of a group is the one that was first.</summary>
    public void Advance(ClockReading now)
    {
        for (var cause = 0; cause < _byAlarm.Length; cause++)
        {
            // The run before may have ended between the end of the cause and that of the suppression.
            Suppress(_alarms[cause].Active ? [] : _byAlarm[cause], false, now);
        }

        AdvanceInOrder(_all, now);
        _flood.Advance(now.Monotonic);
        CountBroughtBack(now.Monotonic);
        foreach (var chatter in _chatter)
        {
            chatter.Advance(now.Monotonic);
        }
    }

    /// <summary>A person asks for something.</summary>
    public AlarmAnswer Ask(in AlarmCommand command, ClockReading now)
    {
        var answer = _alarms[command.Alarm].Ask(command, now, out var transition);
        Changed.Add(command.Alarm);
        if (answer == AlarmAnswer.Done)
        {
            Put(transition);
            if (transition.IsAnnouncement)
            {
                _broughtBack.Add(now.Monotonic);
            }
        }

        return answer;
    }

    /// <summary>What an alarm stands for was asked for anew: it calls again where somebody knew of it.</summary>
    public void CallAgain(int alarm, ClockReading at)
    {
        if (_alarms[alarm].CallAgain(at, out var transition))
        {
            Tell(transition, at);
        }
    }

    private void AdvanceInOrder(int[] alarms, ClockReading until)
    {
        if (alarms.Length == 0)
        {
            return;
        }

        do
        {
            _due.Clear();
            foreach (var alarm in alarms)
            {
                if (_alarms[alarm].Deadline is { } at && at <= until.Monotonic)
                {
                    _due.Add((at, alarm));
                }
            }

            _due.Sort();
            foreach (var (at, alarm) in _due)
            {
                Advance(alarm, new ClockReading(at, until.WallAt(at)));
            }
        }
        while (_due.Count > 0);
    }

    private void Advance(int alarm, ClockReading until)
    {
        while (_alarms[alarm].Advance(until, out var transition))
        {
            Tell(transition, until);
            Changed.Add(alarm);
        }
    }

    private void Suppress(int[] alarms, bool? suppress, ClockReading at)
    {
        foreach (var alarm in alarms)
        {
            if (_alarms[alarm].Suppress(suppress, at, out var transition))
            {
                Tell(transition, at);
            }

            Changed.Add(alarm);
        }
    }

    private void Tell(AlarmTransition transition, ClockReading now)
    {
        // What ended before it, however late the step: batching changes no outcome.
        var alarm = transition.Alarm;
        _chatter[alarm].Advance(transition.At);
        _latest = transition.At > _latest ? transition.At : _latest; // a sample can be older than what was told before it: a flood knows no way back
        _flood.Advance(_latest);
        if (transition.Input == AlarmInput.Raise)
        {
            _chatter[alarm].Raised(transition.At);
        }

        if (transition.IsAnnouncement)
        {
            _flood.Raised(_latest);
        }

        Put(transition);
        if (transition.IsOfCondition)
        {
            Suppress(_byAlarm[alarm], transition.Active, new ClockReading(transition.At, now.WallAt(transition.At)));
        }
    }

    /// <summary>A person's command is of now, and a late step has not seen yet what was before: chatter and flood do not run up to it.</summary>
    private void Put(AlarmTransition transition)
    {
        if (transition is { IsAnnouncement: true, Active: true })
        {
            _groups[transition.Alarm]?.Announced(transition.Alarm);
        }

        _groups[transition.Alarm]?.Settle();
        _told.Add(transition with { FirstOut = IsFirstOut(transition.Alarm), Chattering = IsChattering(transition.Alarm) });
    }

    /// <summary>What people have brought back is announced like the rest, and counts once all that was before it has been seen.</summary>
    private void CountBroughtBack(TimeSpan now)
    {
        while (_broughtBack.Count > 0 && _broughtBack[0] <= now)
        {
            _latest = now;
            _flood.Raised(now);
            _broughtBack.RemoveAt(0);
        }
    }

    /// <summary>
    /// Alarms of one cause: which of them was announced first is the evidence. One that is set aside has no place in that order; when it comes back active it has the first, if
    /// nobody has it.
    /// </summary>
    private sealed class FirstOutGroup(AlarmEvaluator[] members, int[] indexes)
    {
        public int? First { get; private set; }

        public void Announced(int alarm) => First ??= alarm;

        public void Restore(int alarm) => First ??= indexes.Contains(alarm) ? alarm : null;

        /// <summary>At rest: none is active, none waits for an acknowledgement or a reset. Then the next one is the first.</summary>
        public void Settle()
        {
            if (First is not null && Array.TrueForAll(members, m => m.State == AlarmState.Normal || (m.State.IsSetAside() && !m.Active)))
            {
                First = null;
            }
        }
    }
}
