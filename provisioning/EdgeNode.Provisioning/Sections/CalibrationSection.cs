using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>calibration</c> of a point: what was found when it was compared with a standard.</summary>
internal sealed class CalibrationSection(SiteDraft draft)
{
    private static readonly Unit Strain = UnitTable.Get("ustrain");
    private static readonly Unit Celsius = UnitTable.Get("Cel");

    private readonly List<(PointDraft Point, PointDraft Of, Place At)> _temperatures = [];

    private FaultList Faults => draft.Faults;

    /// <summary>Reads it, and gives the point its unit after calibration.</summary>
    public void Read(YamlNode? node, PointDraft? point)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Calibration, Faults) is not { } section)
            return;
        if (!section.HasUnknown && SiteGrammar.Calibration.Supported.All(k => section[k] is null))
            Faults.Add(section.At, "the calibration is empty", Words.Or([.. SiteGrammar.Calibration.Supported]));

        var measured = point?.Unit;
        var twoPoint = section["low"] is not null || section["high"] is not null;
        var bridge = twoPoint ? null : Bridge(section, point);
        var (gain, offset) = twoPoint ? TwoPoint(section, point) : ZeroAndSpan(section, point);
        var temperature = Temperature(section["temperature"], point);
        var due = Dates.Read(section["due"], Faults);
        if (point is not null && measured is not null)
            point.Calibration = new CalibrationOptions(measured, bridge, gain, offset, temperature) { Due = due };
    }

    /// <summary>After all points: which of them are temperatures may depend on their own calibration.</summary>
    public void CheckTemperatures()
    {
        foreach (var (point, of, at) in _temperatures)
        {
            if (of == point)
                Faults.Add(at, "the point is corrected by itself", "a point that measures the temperature");
            else if (of.Unit is { } unit && unit.Quantity != Quantity.Temperature)
                Faults.Add(at, $"{Words.Quoted(of.Name)} measures {Amounts.Name(unit.Quantity)}", "a point that measures the temperature");
            else if (of.Calibration?.Temperature is not null)
                Faults.Add(at, $"{Words.Quoted(of.Name)} is itself corrected by a temperature", "a point that is not");
        }
    }

    private BridgeOptions? Bridge(SectionReader section, PointDraft? point)
    {
        var factor = Numbers.Read(section["gauge-factor"], "2.1", 0.1, 1000, Faults);
        var form = Scalars.Choice(section["bridge"], SiteGrammar.Bridge, Faults) switch { "half" => BridgeForm.Half, "full" => BridgeForm.Full, _ => BridgeForm.Quarter };
        if (section["gauge-factor"] is not { } node)
        {
            if (section["bridge"] is not null)
                Faults.Add(section.PlaceOf("bridge"), "'bridge' stands without 'gauge-factor'", "'gauge-factor' beside it");
            return null;
        }

        if (point?.Unit is { } unit)
        {
            if (unit.Quantity != Quantity.Ratio)
                Faults.Add(node.At, $"'gauge-factor' makes strain of a bridge's signal, but {Words.Quoted(point.Name)} measures {Amounts.Name(unit.Quantity)}", "a point in mV/V");
            point.Unit = Strain;
        }

        return factor is null ? null : new BridgeOptions(form, factor.Value);
    }

    /// <summary><c>low: [measured, true]</c> and <c>high</c> alike. The true values may be of another quantity: mV/V in, kg out.</summary>
    private (double Gain, double Offset) TwoPoint(SectionReader section, PointDraft? point)
    {
        foreach (var key in (ReadOnlySpan<string>)["zero", "span", "gauge-factor", "bridge"])
        {
            if (section[key] is not null)
                Faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} stands beside 'low' and 'high'", key is "gauge-factor" or "bridge" ? "'zero' and 'span' with a gauge factor" : "either 'low' and 'high', or 'zero' and 'span'");
        }

        foreach (var key in (ReadOnlySpan<string>)["low", "high"])
        {
            if (section[key] is null)
                Faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", "both ends: low: [measured, true], high: [measured, true]");
        }

        Unit? unit = null;
        var low = Pair(section["low"], point, ref unit);
        var high = Pair(section["high"], point, ref unit);
        if (point is not null && unit is not null)
            point.Unit = unit;
        if (low is not { } l || high is not { } h)
            return (1, 0);
        if (h.Measured == l.Measured || h.True == l.True)
        {
            Faults.Add(section["high"]!.At, "'low' and 'high' are the same", "two values that lie apart");
            return (1, 0);
        }

        return Calibration.TwoPoint(l, h);
    }

    /// <summary><c>zero</c> is what it shows at zero; <c>span: [measured, true]</c> is one more point, above it.</summary>
    private (double Gain, double Offset) ZeroAndSpan(SectionReader section, PointDraft? point)
    {
        var zero = Amounts.Setpoint(section["zero"], point?.Due, Faults) ?? 0;
        var unit = point?.Unit;
        if (section["span"] is null || Pair(section["span"], point, ref unit) is not { } span)
            return (1, -zero);
        if (span.Measured == zero || span.True == 0)
        {
            Faults.Add(section["span"]!.At, "the span is at zero", "a value that lies apart from zero, measured and true");
            return (1, -zero);
        }

        return Calibration.TwoPoint((zero, 0), span);
    }

    /// <param name="node">Two values.</param>
    /// <param name="point">The first is in its unit.</param>
    /// <param name="unit">The second is in this one; when null, any will do and is given back.</param>
    private (double Measured, double True)? Pair(YamlNode? node, PointDraft? point, ref Unit? unit)
    {
        const string expected = "two values with units: [measured, true]";
        if (node is null)
            return null;
        if (node is not YamlSequence { Items.Length: 2 } pair)
        {
            Faults.Add(node.At, node is YamlSequence { Items.Length: var length } ? $"there are {Words.Number(length)} values" : $"{node.Kind} stands here", expected);
            return null;
        }

        var measured = Amounts.Setpoint(pair.Items[0], point?.Due, Faults);
        double? real;
        if (unit is null && Amounts.WithUnit(pair.Items[1], Faults) is var (value, written))
        {
            unit = point?.Unit?.Quantity == written.Quantity ? point.Unit : written;
            real = written.To(unit, value);
        }
        else
        {
            real = unit is null ? null : Amounts.Setpoint(pair.Items[1], new PointUnit("the other end", unit), Faults);
        }

        return measured is { } m && real is { } r ? (m, r) : null;
    }

    private TemperatureOptions? Temperature(YamlNode? node, PointDraft? point)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Compensation, Faults) is not { } section)
            return null;
        var of = PointReference.Find(section["of"], draft);
        if (point is not null && of is not null)
            _temperatures.Add((point, of, section["of"]!.At));
        var coefficient = Amounts.Span(section["coefficient"], point?.Due, Faults);
        var reference = Amounts.Setpoint(section["reference"], new PointUnit("the reference", Celsius, "is a"), Faults);
        return of is null || coefficient is null || reference is null ? null : new TemperatureOptions(of.Index, reference.Value, coefficient.Value);
    }
}
