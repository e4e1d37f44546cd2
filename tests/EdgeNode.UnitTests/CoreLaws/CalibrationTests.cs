using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.CoreLaws;

public class CalibrationTests
{
    private static readonly Unit Bar = UnitTable.Get("bar");
    private static readonly Unit Microstrain = UnitTable.Get("ustrain");
    private static readonly Unit Signal = UnitTable.Get("mV/V");

    [Law(MaxTest = 500)]
    public Property Two_points_lead_through_both_of_them() => Prop.ForAll(Pairs(), p =>
    {
        var ((m1, t1), (m2, t2)) = p;
        var options = Linear(Calibration.TwoPoint((m1, t1), (m2, t2)));
        return Near(t1, Calibration.Correct(options, Bar, m1, default)) && Near(t2, Calibration.Correct(options, Bar, m2, default));
    });

    [Law(MaxTest = 500)]
    public Property Between_two_points_the_value_lies_between_them() => Prop.ForAll(Pairs(), p =>
    {
        var ((m1, t1), (m2, t2)) = p;
        var options = Linear(Calibration.TwoPoint((m1, t1), (m2, t2)));
        var middle = Calibration.Correct(options, Bar, (m1 + m2) / 2, default);
        return Near((t1 + t2) / 2, middle);
    });

    [Law(MaxTest = 300)]
    public Property A_sensor_that_is_right_stays_as_it_is() => Prop.ForAll(Values(), Values(), Values(), (a, b, value) =>
    {
        if (Math.Abs(a - b) < 0.1)
            return true;
        var options = Linear(Calibration.TwoPoint((a, a), (b, b)));
        return Near(value, Calibration.Correct(options, Bar, value, default));
    });

    [Law(MaxTest = 300)]
    public Property At_its_reference_the_temperature_corrects_nothing_and_elsewhere_by_the_kelvin() =>
        Prop.ForAll(Values(), Values(), Pairs(), (value, reference, pair) =>
        {
            var (coefficient, kelvin) = pair.Item1;
            var options = Linear((1, 0)) with { Temperature = new TemperatureOptions(1, reference, coefficient) };
            return Near(value, Calibration.Correct(options, Bar, value, new Compensation(reference, true)))
                && Near(value - (coefficient * kelvin), Calibration.Correct(options, Bar, value, new Compensation(reference + kelvin, true)))
                && Near(value, Calibration.Correct(options, Bar, value, default));
        });

    [Law(MaxTest = 300)]
    public Property Strain_comes_back_out_of_the_bridge_that_it_unbalanced() => Prop.ForAll(Gen.Choose(-50_000, 50_000).ToArbitrary(), Gen.Choose(0, 2).ToArbitrary(), (micro, form) =>
    {
        // The bridge's own arithmetic, from its resistors: supply 1 V, all arms 1 Ohm at rest.
        var x = 2.1 * micro * 1e-6;
        static double Divider(double upper, double lower) => lower / (upper + lower);
        var ratio = (BridgeForm)form switch
        {
            BridgeForm.Quarter => Divider(1, 1 + x) - Divider(1, 1),
            BridgeForm.Half => Divider(1 - x, 1 + x) - Divider(1, 1),
            _ => Divider(1 - x, 1 + x) - Divider(1 + x, 1 - x),
        };
        var options = new CalibrationOptions(Signal, new BridgeOptions((BridgeForm)form, 2.1), 1, 0, null);
        return Near(micro, Calibration.Correct(options, Microstrain, ratio * 1000, default));
    });

    [Fact]
    public void A_load_cell_gives_kilograms_of_its_millivolts()
    {
        var site = Of([Point() with
        {
            Unit = UnitTable.Get("kg"),
            Range = new ValueRange(0, 500),
            Calibration = new CalibrationOptions(Signal, null, 250, -2.5, null),
        }]);
        var reading = Assert.Single(new Station(site, TimeSpan.Zero).Step(At(1), [Sample(1, 1.01)]).Readings);
        Assert.Equal((250.0, Quality.Good), (Math.Round(reading.Value, 9), reading.Quality));
    }

    [Fact]
    public void A_bad_temperature_makes_the_value_uncertain_by_its_last_and_not_bad()
    {
        var station = Compensated();
        Assert.Equal((9.0, "good"), Value(station, 1, [Sample(1, 30, point: 1), Sample(1, 10)]));
        Assert.Equal((9.0, "uncertain:uncompensated"), Value(station, 2, [Sample(2, 0, Quality.Bad(Reason.Timeout), 1), Sample(2, 10)]));
        Assert.Equal((9.5, "good"), Value(station, 3, [Sample(3, 25, point: 1), Sample(3, 10)]));
    }

    [Fact]
    public void A_temperature_that_is_stale_or_was_never_read_or_is_in_doubt_makes_the_value_uncertain()
    {
        Assert.Equal((10.0, "uncertain:uncompensated"), Value(Compensated(), 1, [Sample(1, 10)]));

        var station = Compensated();
        Assert.Equal((9.0, "good"), Value(station, 1, [Sample(1, 30, point: 1), Sample(1, 10)]));
        Assert.Equal((9.0, "uncertain:uncompensated"), Value(station, 4, [Sample(4, 10)]));

        station = Compensated();
        Assert.Equal((9.0, "uncertain:uncompensated"), Value(station, 1, [Sample(1, 30, Quality.Uncertain(Reason.OverRange), 1), Sample(1, 10)]));
    }

    [Fact]
    public void What_is_bad_or_in_doubt_itself_keeps_its_own_reason()
    {
        Assert.Equal((0.0, "bad:timeout"), Value(Compensated(), 1, [Sample(1, 10, Quality.Bad(Reason.Timeout))]));
        Assert.Equal((10.0, "uncertain:lost-edges"), Value(Compensated(), 1, [Sample(1, 10, Quality.Uncertain(Reason.LostEdges))]));
    }

    [Fact]
    public void A_temperature_in_another_unit_corrects_alike()
    {
        var station = new Station(Of([Pressure(), Temperature("degF")]), TimeSpan.Zero);
        Assert.Equal((9.0, "good"), Value(station, 1, [Sample(1, 86, point: 1), Sample(1, 10)]));
    }

    /// <summary>Each kelvin above 20 degrees adds 0.1 bar.</summary>
    private static PointOptions Pressure() => Point() with
    {
        Calibration = new CalibrationOptions(Bar, null, 1, 0, new TemperatureOptions(1, 20, 0.1)),
    };

    private static PointOptions Temperature(string unit) => Point("TT-101.temperature") with { Unit = UnitTable.Get(unit) };

    private static Station Compensated() => new(Of([Pressure(), Temperature("Cel")]), TimeSpan.Zero);

    private static (double Value, string Quality) Value(Station station, double seconds, RawSample[] samples)
    {
        var reading = station.Step(At(seconds), samples).Readings.Last(r => r.Point == 0);
        return (Math.Round(reading.Value, 9), reading.Quality.ToString());
    }

    private static CalibrationOptions Linear((double Gain, double Offset) by) => new(Bar, null, by.Gain, by.Offset, null);

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= 1e-6 * Math.Max(1, Math.Abs(expected));

    private static Arbitrary<double> Values() => Gen.Choose(-10_000, 10_000).Select(v => v / 100.0).ToArbitrary();

    /// <summary>Measured and true of two points whose measured values lie apart.</summary>
    private static Arbitrary<((double, double), (double, double))> Pairs() =>
        (from m1 in Gen.Choose(-10_000, 10_000)
         from apart in Gen.Choose(10, 10_000)
         from t1 in Gen.Choose(-10_000, 10_000)
         from t2 in Gen.Choose(-10_000, 10_000)
         select ((m1 / 100.0, t1 / 100.0), ((m1 + apart) / 100.0, t2 / 100.0))).ToArbitrary();
}
