using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.SimulationTests.Protection.Plant;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>
/// Whether alarms come and go with what was measured and with their delays, neither sooner nor later; whether what was set aside comes back by itself only for what may still stand, and
/// comes back when it stands; and which of a group was the first.
/// </summary>
internal sealed class AlarmWatch
{
    /// <summary>From a sample to what the node shows: the step's tick, and one more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    /// <summary>What the run before left comes when the disk has been read.</summary>
    private static readonly TimeSpan Restored = TimeSpan.FromSeconds(3);

    private readonly Site _site;
    private readonly Action<string> _find;
    private readonly Evidence?[] _evidence;
    private readonly List<int>[] _ofPoint;
    private readonly bool[] _active;
    private readonly AlarmState[] _state;
    private readonly bool[] _byHand;
    private readonly TimeSpan?[] _meaningfulSince;
    private readonly int?[] _ofMember;
    private readonly int[] _firstOut;
    private readonly Func<int, TimeSpan?> _votesSince;
    private bool _restAtLast;
    private bool _quietAtLast;
    private int? _first;
    private bool _known;

    /// <param name="site">The site.</param>
    /// <param name="field">What is measured.</param>
    /// <param name="votesSince">Since when a member has had a vote that no person has put aside; null: it has none.</param>
    /// <param name="find">Takes what is wrong.</param>
    public AlarmWatch(Site site, Field field, Func<int, TimeSpan?> votesSince, Action<string> find)
    {
        (_site, _find, _votesSince) = (site, find, votesSince);
        (_active, _state, _byHand) = (new bool[site.Alarms.Length], new AlarmState[site.Alarms.Length], new bool[site.Alarms.Length]);
        _meaningfulSince = new TimeSpan?[site.Alarms.Length];
        _ofPoint = [.. site.Points.Select(_ => new List<int>())];
        var evidence = new Dictionary<string, (Evidence Of, string[] Points)>(StringComparer.Ordinal)
        {
            ["PAHH-101"] = Vote(6.5, TimeSpan.FromSeconds(1), TimeSpan.Zero),
            ["PAH-101"] = Vote(6.2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)),
            ["PAH-102"] = (new SetpointEvidence(new Signal(isLoop: true), true, 6, 0.1, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.Zero), ["PT-101A.current"]),
            ["FAL-101"] = (new SetpointEvidence(new Signal(isLoop: false), false, 5, 1, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), TimeSpan.Zero), ["FT-101.flow"]),
            ["LALL-100"] = (new SetpointEvidence(new Signal(isLoop: false), false, StationSite.LowLevel, 0.2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), TimeSpan.Zero), ["LT-100.level"]),
            ["PAB-101"] = (new BadEvidence(TimeSpan.FromSeconds(3)), ["PT-101B.pressure"]),
            ["FAS-101"] = (new StaleEvidence(TimeSpan.FromSeconds(6)), ["FT-101.flow"]),
            ["LAR-100"] = (new RateEvidence(0.35 / 60, 0.05 / 60, TimeSpan.FromSeconds(30)), ["LT-100.level"]),
        };
        _evidence = [.. site.Alarms.Select(a => evidence.TryGetValue(a.Id, out var its) ? its.Of : null)];
        _ofMember = [.. site.Alarms.Select(a => a.Group is null && Array.IndexOf(field.Members, a.Point) is >= 0 and var member ? member : (int?)null)];
        _firstOut = [.. site.Alarms.Select((a, i) => (a, i)).Where(x => x.a.FirstOut is not null).Select(x => x.i)];
        for (var alarm = 0; alarm < _evidence.Length; alarm++)
        {
            foreach (var point in _evidence[alarm] is null ? [] : evidence[site.Alarms[alarm].Id].Points)
            {
                _ofPoint[site.Points.IndexOf(site.Points.First(p => p.Name == point))].Add(alarm);
            }
        }

        (Evidence, string[]) Vote(double setpoint, TimeSpan on, TimeSpan off) =>
            (new VoteEvidence(
                [.. field.Transmitters.Select(t => new SetpointEvidence(
                    new Signal(t.IsLoop), true, setpoint, 0.1, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.Zero))],
                field.Members, votesSince, on, off),
            [.. field.Members.Select(m => site.Points[m].Name)]);
    }

    /// <summary>Times that an alarm came or went and was judged.</summary>
    public int Judged { get; private set; }

    /// <summary>Times that one came back by itself from where it was set aside, and was judged.</summary>
    public int Returns { get; private set; }

    /// <summary>Times that a group's first was judged.</summary>
    public int Firsts { get; private set; }

    public void Delivered(in RawSample sample, TimeSpan now)
    {
        foreach (var alarm in _ofPoint[sample.Point])
        {
            _evidence[alarm]!.Take(sample, now);
        }

        for (var alarm = 0; alarm < _meaningfulSince.Length; alarm++)
        {
            if (_site.Alarms[alarm].SuppressWhen is { IsAlarm: false } cause && cause.Index == sample.Point)
            {
                _meaningfulSince[alarm] = !sample.Quality.IsBad && sample.Raw == 0 ? _meaningfulSince[alarm] ?? now : null;
            }
        }
    }

    /// <summary>A person has asked something of the alarm.</summary>
    public void Asked(int alarm) => _byHand[alarm] = true;

    /// <summary>Another life, or one that has stood still: what it showed before says nothing of how it comes to what it shows.</summary>
    public void Forget() => _known = false;

    /// <summary>After each step.</summary>
    /// <param name="alarms">As the node shows them.</param>
    /// <param name="now">True time.</param>
    /// <param name="gap">Since the step before.</param>
    /// <param name="calm">For how long the node has run and known what the run before left.</param>
    public void Look(ReadOnlySpan<AlarmStatus> alarms, TimeSpan now, TimeSpan gap, TimeSpan calm)
    {
        for (var alarm = 0; alarm < _evidence.Length; alarm++)
        {
            var active = alarms[alarm].Active;
            if (_evidence[alarm] is { } evidence && calm > Restored && IsMeasured(alarm, now))
            {
                if (_known && active != _active[alarm])
                {
                    Judged++;
                    if (!(active ? evidence.MayRaise(now, gap) : evidence.MayClear(now, gap)))
                    {
                        Find(alarm, active ? "is raised, and its samples have not said so for its on-delay" : "is clear again, and its samples have not said so for its off-delay", now);
                    }
                }

                if (calm > Restored + evidence.On + evidence.Off + evidence.Memory + Patience + Patience && gap < Patience)
                {
                    if (active ? evidence.MustBeClear(now, Patience) : evidence.MustBeActive(now, Patience))
                    {
                        Find(alarm, active ? "is active, and its samples have long said that it is not so" : "is not active, and its samples have long said that it is so", now);
                    }
                }
            }

            LookAtReturn(alarm, alarms[alarm], now, gap, calm);
            _active[alarm] = active;
            (_state[alarm], _byHand[alarm]) = (alarms[alarm].State, false);
        }

        LookAtFirst(alarms, calm);
        _known = true;
    }

    /// <summary>By the samples that were handed over its value is past its setpoint, and a step has had the time to see it; its on-delay may run still. Of what has one value alone.</summary>
    public bool IsPast(int alarm, TimeSpan now) => IsMeasured(alarm, now) && _evidence[alarm] is SetpointEvidence { PastSince: { } since } evidence && since <= now - Patience && evidence.IsFresh(now);

    /// <summary>By the samples that were handed over it has to be active.</summary>
    public bool SaysActive(int alarm, TimeSpan now) => IsMeasured(alarm, now) && _evidence[alarm]?.MustBeActive(now, Patience) == true;

    /// <summary>No person has put a value in its place, and for long enough.</summary>
    private bool IsMeasured(int alarm, TimeSpan now) => _ofMember[alarm] is not { } member || _votesSince(member) <= now - TimeSpan.FromMinutes(1);

    /// <summary>
    /// What ends by time alone (a shelf, a suppression) calls nobody for a condition that is known to be gone, unless the alarm is critical; and a suppression that has been over for the on-delay hides nothing
    /// that stands.
    /// </summary>
    private void LookAtReturn(int alarm, in AlarmStatus status, TimeSpan now, TimeSpan gap, TimeSpan calm)
    {
        if (_evidence[alarm] is not { } evidence || calm <= Restored || !_known || !IsMeasured(alarm, now))
        {
            return;
        }

        if (_state[alarm] is AlarmState.Shelved or AlarmState.SuppressedByDesign && status.State == AlarmState.Unacknowledged && !_byHand[alarm])
        {
            Returns++;
            if (_active[alarm] && _site.Alarms[alarm].Priority != AlarmPriority.Critical && evidence.SaysGone(now, gap))
            {
                Find(alarm, "calls as it comes back, and its samples have said that it is gone", now);
            }
        }

        if (status is { State: AlarmState.SuppressedByDesign, Active: true } && gap < Patience && calm > Restored + evidence.On + evidence.On + Patience + Patience
            && _meaningfulSince[alarm] <= now - evidence.On - Patience && evidence.MustBeActive(now, Patience))
        {
            Find(alarm, "is suppressed, and what suppresses it has long been over", now);
        }
    }

    /// <summary>The first of a group is the one that was announced when no other was, and stays it until the group is at rest again. What is set aside is not announced.</summary>
    private void LookAtFirst(ReadOnlySpan<AlarmStatus> alarms, TimeSpan calm)
    {
        int? first = null;
        var (rest, quiet, marked, waiting) = (true, true, 0, 0);
        foreach (var alarm in _firstOut)
        {
            ref readonly var status = ref alarms[alarm];
            (first, marked) = status.FirstOut ? (alarm, marked + 1) : (first, marked);
            rest &= status.State == AlarmState.Normal || (status.State.IsSetAside() && !status.Active);
            quiet &= status.State == AlarmState.Normal || status.State.IsSetAside();
            waiting += status.State == AlarmState.Unacknowledged ? 1 : 0;
        }

        if (_known && calm > Restored)
        {
            var begins = _quietAtLast && _first is null;
            Firsts += begins && waiting > 0 ? 1 : 0;
            if (marked > 1)
            {
                _find("(9) two alarms are each the first of their group");
            }
            else if (begins && waiting == 1 && !(first is { } one && !IsAtRest(alarms[one])))
            {
                _find($"(9) one alarm was announced when no other of its group was, and {(first is { } other ? _site.Alarms[other].Id : "none")} is the first");
            }
            else if (_first is { } before && before != first && !_restAtLast && !rest && !IsAtRest(alarms[before]))
            {
                _find($"(9) {_site.Alarms[before].Id} was the first of its group, which has not come to rest, and is not any more");
            }
        }

        (_first, _restAtLast, _quietAtLast) = (first, rest, quiet);

        static bool IsAtRest(in AlarmStatus status) => status.State == AlarmState.Normal || (status.State.IsSetAside() && !status.Active);
    }

    private void Find(int alarm, string words, TimeSpan now) => _find(string.Create(CultureInfo.InvariantCulture, $"(9) {_site.Alarms[alarm].Id} {words}"));
}
