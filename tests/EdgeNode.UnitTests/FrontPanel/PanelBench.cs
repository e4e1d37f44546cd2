using EdgeNode.Core;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>
/// A station with a front panel. Points: one value for each alarm (high at 6.5), then one contact for each input. Annunciators: SIREN and
/// BELL (critical, high, medium), the BELL not to be silenced, and LAMP (all priorities).
/// </summary>
internal sealed class PanelBench
{
    public const int Siren = 0;
    public const int Bell = 1;
    public const int Lamp = 2;

    private readonly Station _station;
    private double _now;

    public PanelBench(AlarmPriority[] alarms, params InputMeaning[] inputs)
        : this([.. alarms.Select((p, n) => High(n, p))], inputs)
    {
    }

    public PanelBench(AlarmOptions[] alarms, params InputMeaning[] inputs)
    {
        Site = Make(alarms, inputs);
        _station = new Station(Site, TimeSpan.Zero);
    }

    public PanelBench(AlarmOptions[] alarms, TripOptions[] trips, params InputMeaning[] inputs)
    {
        Site = Make(alarms, inputs) with { Trips = [.. trips] };
        _station = new Station(Site, TimeSpan.Zero);
    }

    public Site Site { get; }

    public Station Station => _station;

    public StepResult Last { get; private set; } = new();

    public double Now => _now;

    public static AlarmOptions High(int n, AlarmPriority priority) => Alarm(on: 0, point: n) with { Id = $"A-{n}", Priority = priority };

    public static Site Make(AlarmOptions[] alarms, params InputMeaning[] inputs)
    {
        var values = alarms.Max(a => a.Point) + 1;
        var points = Enumerable.Range(0, values).Select(n => Point($"P-{n}.value", stale: 1e6))
            .Concat(inputs.Select((_, n) => Point($"HS-{n}.state", stale: 1e6)));
        AlarmPriority[] loud = [AlarmPriority.Critical, AlarmPriority.High, AlarmPriority.Medium];
        return Of([.. points], alarms) with
        {
            Inputs = [.. inputs.Select((m, n) => new InputOptions($"HS-{n}", values + n, m))],
            Annunciators =
            [
                new AnnunciatorOptions("SIREN", Line(1), [.. loud], IsLamp: false) { SilenceAllowed = true },
                new AnnunciatorOptions("BELL", Line(2), [.. loud], IsLamp: false),
                new AnnunciatorOptions("LAMP", Line(3), [.. loud, AlarmPriority.Low], IsLamp: true),
            ],
            Maintenance = new MaintenanceOptions(TimeSpan.FromHours(2)),
        };
    }

    /// <summary>Takes a value of a point, <paramref name="after"/> seconds after the last step.</summary>
    public StepResult Read(double value, int point = 0, double after = 0, Quality quality = default)
    {
        _now += after;
        return Last = _station.Step(At(_now), [Sample(_now, value, quality, point)]);
    }

    /// <summary>A contact reads so.</summary>
    public StepResult Contact(int input, bool active, double after = 0, Quality quality = default) =>
        Read(active ? 1 : 0, Site.Inputs[input].Point, after, quality);

    /// <summary>Seen released, pressed, released again.</summary>
    public StepResult Press(int input)
    {
        Contact(input, false);
        var result = Contact(input, true);
        PanelEvent[] told = [.. result.Panel];
        Contact(input, false);
        Last.Panel.InsertRange(0, told);
        return Last;
    }

    /// <summary>Lets time pass, with one step at its end.</summary>
    public StepResult Wait(double seconds)
    {
        _now += seconds;
        return Last = _station.Step(At(_now), []);
    }

    /// <summary>A person asks for something from elsewhere.</summary>
    public PanelEvent Ask(PanelCommand command)
    {
        Last = _station.Step(At(_now), [], panel: [command]);
        return Assert.Single(Last.PanelAnswers);
    }

    public AlarmAnswer Ask(AlarmInput input, int alarm = 0)
    {
        Last = _station.Step(At(_now), [], commands: [new AlarmCommand(alarm, input, "mei")]);
        return Last.Answers.Single();
    }

    public bool Is(int annunciator) => _station.Panel.IsActive(annunciator);

    /// <summary>One letter for each 250 ms from now on, stepping when the station asks for it: S sounds or is lit.</summary>
    public string Play(int annunciator, double seconds)
    {
        var letters = new System.Text.StringBuilder();
        for (var (end, at) = (_now + seconds, _now); at < end - 0.001; at += 0.25)
        {
            while (_station.Deadline() is { } due && due.TotalSeconds < at)
            {
                _now = due.TotalSeconds;
                Last = _station.Step(new ClockReading(due, At(_now).Wall), []);
            }

            _now = at;
            Last = _station.Step(At(_now), []);
            letters.Append(Is(annunciator) ? 'S' : '.');
        }

        return letters.ToString();
    }

    private static LineOutput Line(int number) => new(0, new LineOptions(number, null, false, LinePull.AsIs, TimeSpan.Zero));
}
