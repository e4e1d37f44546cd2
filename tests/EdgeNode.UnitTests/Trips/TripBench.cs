using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.CoreLaws;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// A station with trips on a few contacts and a pressure. Points 0 to 2 are the contacts <c>S-0</c> to <c>S-2</c>, point 3 is a pressure with the alarm PAHH (index 0, high at 6.5 bar,
/// on-delay 1 s, range 0 to 10 bar); then come the three points of each trip. The outputs are XV-0 and XV-1.
/// </summary>
internal sealed class TripBench
{
    public const int Pressure = 3;
    public const int Contacts = 3;
    public const int Xv0 = 0;
    public const int Xv1 = 1;

    public static readonly AlarmCause High = new(true, 0);

    private double _now;

    public TripBench(params TripOptions[] trips)
        : this(1, 0, trips)
    {
    }

    /// <param name="on">On-delay of PAHH, in seconds.</param>
    /// <param name="off">Its off-delay, in seconds.</param>
    /// <param name="trips">The trips.</param>
    public TripBench(double on, double off, params TripOptions[] trips)
    {
        Site = Of(trips, on: on, off: off);
        Station = new Station(Site, TimeSpan.Zero);
    }

    public Site Site { get; }

    public Station Station { get; }

    public List<TripTransition> Told { get; } = [];

    /// <summary>One trip by the contact S-0 that closes XV-0; settle time 5 s; unknown for 10 s trips.</summary>
    public static TripOptions Trip(Cause? cause = null, OnBadKind onBad = OnBadKind.TripAfter, params int[] effect) =>
        new("close-inlet", cause ?? Contact(0), effect.Length == 0 ? [Xv0] : [.. effect], new OnBad(onBad, TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(120))
        {
            Settle = TimeSpan.FromSeconds(5),
            InhibitAtMost = TimeSpan.FromHours(1),
            TestAtMost = TimeSpan.FromMinutes(10),
        };

    public static Cause Contact(int n) => new CauseOf(new AlarmCause(false, n));

    public static Site Of(TripOptions[] trips, AlarmOptions[]? more = null, double on = 1, double off = 0)
    {
        var points = new List<PointOptions>
        {
            Contact("S-0.state"), Contact("S-1.state"), Contact("S-2.state"), Point("PT-1.pressure", stale: 1e6, range: new ValueRange(0, 10)),
        };
        var placed = trips.Select((t, i) => t with { Id = i == 0 ? t.Id : $"{t.Id}-{i}", Points = new TripPoints(4 + (3 * i), 5 + (3 * i), 6 + (3 * i)) }).ToArray();
        points.AddRange(placed.SelectMany(t => new[] { "tripped", "inhibited", "blind" }.Select(w => Contact($"{t.Id}.{w}", PointOptions.Computed))));
        return TestSite.Of([.. points], [Alarm(on: on, off: off, point: Pressure) with { Id = "PAHH" }, .. more ?? []]) with { Trips = [.. placed], Outputs = [Output("XV-0"), Output("XV-1")], Buses = [new GpioBusOptions("gpio0", "/dev/gpiochip0")] };

        static PointOptions Contact(string name, int device = 0) => Point(name, device, stale: 1e6) with { Unit = UnitTable.Get("1") };
        static OutputOptions Output(string id) => new(id, new LineOutput(0, new LineOptions(1, null, false, LinePull.AsIs, TimeSpan.Zero)), "open", "closed", true, false);
    }

    /// <summary>A contact comes or goes; null: it cannot be read.</summary>
    public StepResult Set(int point, double? value, double after = 1)
    {
        _now += after;
        return Keep(Station.Step(At(_now), [Sample(_now, value ?? 0, value is null ? Quality.Bad(Reason.Timeout) : default, point)]));
    }

    public StepResult Wait(double seconds)
    {
        _now += seconds;
        return Keep(Station.Step(At(_now), []));
    }

    public TripAnswer Ask(TripAsk ask, double? seconds = null, int trip = 0, bool ofAll = false) => Keep(Station.Step(
        At(_now), [], trips: [new TripCommand(trip, ask, "mei") { Time = seconds is { } s ? TimeSpan.FromSeconds(s) : null, Why = "because", OfAll = ofAll }])).TripAnswers.Single();

    /// <summary>All contacts open, the pressure low, settled and reset.</summary>
    public TripBench Ready()
    {
        for (var point = 0; point <= Pressure; point++)
        {
            Set(point, 0, 0);
        }

        Wait(5);
        for (var trip = 0; trip < Site.Trips.Length; trip++)
        {
            Assert.Equal(TripOutcome.Done, Ask(TripAsk.Reset, trip: trip).Outcome);
        }

        Told.Clear();
        return this;
    }

    public TripState State(int trip = 0) => Station.Trips[trip].Facts.State;

    public bool Safe(int output = Xv0) => Station.Trips.SafeWanted(output);

    /// <summary>What has been told since it was asked last.</summary>
    public string Tell()
    {
        var told = string.Join(", ", Told.Select(t => t.Change.Text() + (t.SuppressedBy == TripSuppression.None ? "" : $" ({t.SuppressedBy})")));
        Told.Clear();
        return told;
    }

    private StepResult Keep(StepResult result)
    {
        Told.AddRange(result.Trips);
        return result;
    }
}
