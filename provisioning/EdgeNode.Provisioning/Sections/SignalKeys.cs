using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Values;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>signal</c>, <c>span</c> and <c>failure-after</c> of a point: a value that arrives as the current of a 4-20 mA loop.</summary>
internal static class SignalKeys
{
    private static readonly Unit Milliampere = UnitTable.Get("mA");

    /// <summary>Reads them, and gives the point the unit of its span.</summary>
    /// <returns>The loop; null when the point has none.</returns>
    public static CurrentLoopOptions? Read(SectionReader section, PointDraft? point, FaultList faults)
    {
        var failureAfter = Sizes.Duration(section["failure-after"], SiteLimits.FailureAfter, faults);
        var loop = point?.Checks.Loop;
        if (loop is null)
            loop = Mapped(section, point, faults);
        else if ((section["signal"] ?? section["span"]) is { } node)
            faults.Add(node.At, $"{Words.Quoted(point!.Name)} is mapped from its current by its device already", "'span' there, and neither 'signal' nor 'span' here");

        if (section["failure-after"] is not null && section["signal"] is null && loop is null && point is not null)
            faults.Add(section.PlaceOf("failure-after"), $"{Words.Quoted(point.Name)} does not arrive as a current", "'signal: 4..20 mA' and 'span' beside it");
        return loop is null || failureAfter is null ? loop : loop with { FailureAfter = failureAfter.Value };
    }

    private static CurrentLoopOptions? Mapped(SectionReader section, PointDraft? point, FaultList faults)
    {
        var signal = Amounts.Range(section["signal"], new PointUnit("a signal", Milliampere, "is a"), faults);
        var span = Amounts.Range(section["span"], null, faults, out var unit);
        if (signal is { } s && (Math.Abs(s.Low - CurrentLoop.Zero) > 1e-9 || Math.Abs(s.High - CurrentLoop.Full) > 1e-9))
        {
            faults.Add(section["signal"]!.At, $"a signal of {Words.Number(s.Low)}..{Words.Number(s.High)} mA has no current that means failure", "4..20 mA; any other signal by 'scale' and 'offset' of its register");
            signal = null;
        }

        if (section["signal"] is not null && section["span"] is null && !section.HasUnknown)
            faults.Add(section.PlaceOf("signal"), "'signal' stands without 'span'", "what 4 mA and 20 mA mean, for example span: 0..10 bar");
        if (section["span"] is not null && section["signal"] is null && !section.HasUnknown)
            faults.Add(section.PlaceOf("span"), "'span' stands without 'signal'", "'signal: 4..20 mA' beside it, or 'range' for the measuring range");
        if (signal is null || span is null || point?.Unit is not { } measured)
            return null;
        if (measured.Quantity != Quantity.Current)
        {
            faults.Add(section["signal"]!.At, $"a signal is a current, but {Words.Quoted(point.Name)} measures {Amounts.Name(measured.Quantity)}", "a point in mA");
            return null;
        }

        var loop = new CurrentLoopOptions(measured.SpanTo(Milliampere, point.Scale), measured.SpanTo(Milliampere, point.Offset), CurrentLoopOptions.DefaultFailureAfter);
        (point.Scale, point.Offset) = CurrentLoop.Map(loop, span.Value);
        point.Unit = unit;
        return loop;
    }
}
