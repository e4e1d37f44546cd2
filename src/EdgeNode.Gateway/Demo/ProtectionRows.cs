using System.Globalization;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Vote;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Demo;

/// <summary>What protects, a row each as markup: groups with their votes, trips, outputs, and lamps and sirens.</summary>
/// <param name="site">The site.</param>
/// <param name="state">The running station.</param>
/// <param name="energy">Whether a line of the simulated chip has energy.</param>
/// <param name="time">The clock.</param>
internal sealed class ProtectionRows(Site site, IStationState state, Func<int, bool> energy, TimeProvider time)
{
    private readonly Reading[] _readings = new Reading[site.Points.Length];
    private readonly AlarmStatus[] _alarms = new AlarmStatus[site.Alarms.Length];
    private readonly TripStatus[] _trips = new TripStatus[site.Trips.Length];
    private readonly OutputStatus[] _outputs = new OutputStatus[site.Outputs.Length];

    /// <summary>All of them, as they are now.</summary>
    public IEnumerable<(string Id, string State, string What)> Now()
    {
        state.CopyReadings(_readings);
        state.CopyAlarms(_alarms);
        state.CopyTrips(_trips);
        state.CopyOutputs(_outputs);
        return
        [
            .. site.Groups.Zip(state.Groups).Index().SelectMany(g => Group(g.Index, g.Item.First, g.Item.Second)),
            .. site.Trips.Select((t, i) => (t.Id, State(_trips[i]), What(t, _trips[i]))),
            .. site.Outputs.Select((o, i) => (o.Id, State(o, _outputs[i]), What(_outputs[i], OutputListing.TripsOf(i, site, state)))),
            .. Annunciators(),
        ];
    }

    private IEnumerable<(string Id, string State, string What)> Group(int index, GroupOptions group, GroupStatus status)
    {
        var own = site.Alarms.Index().Where(a => a.Item.Group == index).Select(a => (a.Item, Status: _alarms[a.Index])).ToList();
        var vote = group.InForce(status.Lost) is not { } rule ? "[red]no vote[/]" : status.Lost == 0 ? $"[green]{rule}[/]" : $"[yellow]{rule}[/]";
        var degraded = status.Lost > 0 ? $", [yellow]degraded from {group.Vote}[/]" : "";
        yield return (group.Id, vote, $"{Number(group.Points.Value)} {group.Unit.Symbol}, spread {Number(group.Points.Spread)}{degraded}");
        yield return ("", "", string.Join("   ", group.Members.Select((point, member) => $"{Short(point)} {Member(own, status.Members[member], point, member)}")));
    }

    private string Member(List<(AlarmOptions Alarm, AlarmStatus Status)> own, MemberState stands, int point, int member)
    {
        if (VoteTable.Of(stands) == Standing.Lost)
        {
            return stands == MemberState.Bypassed ? "[yellow]bypassed[/]" : "[red]no vote[/]";
        }

        // Of several setpoints that it is past the one that matters most.
        var past = own.Where(a => a.Alarm.Fault is null && a.Alarm.Kind.HasSetpoint() && a.Status.Votes.About.Has(member)).OrderBy(a => a.Alarm.Priority).FirstOrDefault().Alarm;
        var deviates = own.Exists(a => a.Alarm.Fault == GroupFault.Deviation && a.Status.Active && a.Status.Votes.About.Has(member));
        return past is not null
            ? string.Create(CultureInfo.InvariantCulture, $"[bold red]{Number(point)} {(past.Kind.IsHigh() ? ">" : "<")} {past.Setpoint:G4}[/]")
            : deviates ? $"[yellow]{Number(point)} deviates[/]" : Number(point);
    }

    private static string State(in TripStatus status) => status.State switch
    {
        TripState.Ready => "[green]ready[/]",
        TripState.Tripped => "[bold red]tripped[/]",
        _ => $"[yellow]{status.State.Text()}[/]",
    };

    private string What(TripOptions trip, in TripStatus status)
    {
        var now = time.GetUtcNow();
        var why = (status.Cause, status.State) switch
        {
            (true, _) => "[red]its cause stands: " + Leaves(trip, status, true) + "[/]",
            (null, _) => "[yellow]its cause cannot be told: " + Leaves(trip, status, null) + "[/]",
            (_, TripState.Ready) => trip.Armed ? "armed" : "in shadow mode",
            _ when status.IsPending => "[yellow]its cause may be coming: a delay or an after runs[/]",
            _ when status.SettledAt is { } at && at.ToDateTimeOffset() > now => string.Create(CultureInfo.InvariantCulture, $"its cause has gone; a reset is taken in {Math.Ceiling((at.ToDateTimeOffset() - now).TotalSeconds):0} s"),
            _ => "its cause has gone; it waits for a reset",
        };
        return why + (status.InhibitedUntil is null ? "" : ", [yellow]inhibited[/]") + (status.TestUntil is null ? "" : ", [yellow]in test[/]");
    }

    private string Leaves(TripOptions trip, in TripStatus status, bool? which) =>
        string.Join(", ", trip.Cause.Leaves.Zip(status.Leaves).Where(l => l.Second == which).Select(l => TripListing.Name(site, l.First)).Distinct());

    private static string State(OutputOptions output, in OutputStatus status) =>
        $"[{(status.Faults != OutputFaults.None ? "bold red" : status.Safe ? "yellow" : "green")}]{output.Word(status.Energised)}[/]";

    private static string What(in OutputStatus status, IReadOnlyList<string> trips) => Plain(OutputListing.State(status, trips)) + (status.Proof switch
    {
        null => "",
        ProofState.Proved => ", its limit switches prove it" + (status.LastTravel is { } travel ? string.Create(CultureInfo.InvariantCulture, $" after {travel.TotalSeconds:0.0} s") : ""),
        ProofState.Moving => ", on its way",
        var proof => $", [red]{proof.Value.Text()}[/]",
    }) + (status.Faults == OutputFaults.None ? "" : $", [red]{Plain(status.Detail)}[/]");

    /// <summary>All in one row; what the line does, since a lamp blinks.</summary>
    private IEnumerable<(string Id, string State, string What)> Annunciators()
    {
        if (!site.Annunciators.IsEmpty)
        {
            yield return ("annunciators", "", string.Join(", ", site.Annunciators.Select(a =>
            {
                var on = energy(a.Place.Line.Number) != a.Place.Line.ActiveLow;
                return $"{a.Id} {(a.IsLamp ? on ? "[bold yellow]lit[/]" : "dark" : on ? "[bold red]calls[/]" : "quiet")}";
            })));
        }
    }

    private string Number(int point) => _readings[point] is { Quality.IsBad: false } reading ? reading.Value.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    /// <summary>A bracket that is none of the markup's.</summary>
    private static string Plain(string text) => text.Replace("[", "[[", StringComparison.Ordinal).Replace("]", "]]", StringComparison.Ordinal);

    /// <summary>The device alone: the members of a group measure the same quantity.</summary>
    private string Short(int point) => site.Points[point].Name.Split('.')[0];
}
