using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What is known of a name in a cause before the plant runs: the values that its point can have at all, and those with which it is true or false.</summary>
/// <param name="alarms">By their index in the site.</param>
/// <param name="draft">The site, its points read.</param>
internal sealed class CauseFacts(ImmutableArray<AlarmOptions> alarms, SiteDraft draft)
{
    /// <summary>Null when it can be both; else which, and why.</summary>
    public (bool Always, string Why)? Constant(AlarmCause what)
    {
        if (!what.IsAlarm || alarms[what.Index] is not { Fault: null, Point: >= 0 } alarm || double.IsNaN(alarm.Setpoint))
            return null;
        var point = draft.Points[alarm.Point];
        if (alarm.Kind.IsOfQuality())
            return IsVoting(point) ? (false, $"{Words.Quoted(point.Name)} is counted by the node and never bad") : null;
        if (Reach(alarm) is not { } reach)
            return null;
        var unit = (alarm.Group is { } group ? draft.Groups[group].Options?.Unit : point.Unit)?.Symbol;
        var name = alarm.Group is { } its ? draft.Groups[its].Id : point.Name;
        var shown = $"{Words.Quoted(name)} is measured from {Words.Number(reach.Low)} to {Words.Number(reach.High)} {unit}".TrimEnd();
        return alarm.Kind switch
        {
            AlarmKind.High or AlarmKind.HighHigh when alarm.Setpoint > reach.High => (false, $"{shown}, and the setpoint is {Words.Number(alarm.Setpoint)}"),
            AlarmKind.High or AlarmKind.HighHigh when alarm.Setpoint <= reach.Low => (true, $"{shown}, and the setpoint is {Words.Number(alarm.Setpoint)}"),
            AlarmKind.Low or AlarmKind.LowLow when alarm.Setpoint < reach.Low => (false, $"{shown}, and the setpoint is {Words.Number(alarm.Setpoint)}"),
            AlarmKind.Low or AlarmKind.LowLow when alarm.Setpoint >= reach.High => (true, $"{shown}, and the setpoint is {Words.Number(alarm.Setpoint)}"),
            AlarmKind.Deviation when alarm.ReferencePoint is null && alarm.Setpoint > Math.Max(reach.High - alarm.Reference, alarm.Reference - reach.Low) =>
                (false, $"{shown}, which is never {Words.Number(alarm.Setpoint)} away from {Words.Number(alarm.Reference)}"),
            _ => null,
        };
    }

    /// <summary>False when one being so excludes that the other is: they look at one point or group, and no value of it does both.</summary>
    /// <param name="a">The one.</param>
    /// <param name="aIs">What it is.</param>
    /// <param name="b">The other.</param>
    /// <param name="bIs">What that is.</param>
    /// <param name="agreeing">The members of a group show about the same. Else its votes exclude nothing: some members can be past the one setpoint, some past the other, and a member that failed takes nothing back.</param>
    public bool Together(AlarmCause a, bool aIs, AlarmCause b, bool bIs, bool agreeing) =>
        Where(a, aIs) is not { } first || Where(b, bIs) is not { } second || first.Of != second.Of || (first.Of.IsGroup && !agreeing) || first.Values.Meets(second.Values);

    /// <summary>What a name is with these contacts as they are; null where they do not decide it.</summary>
    public bool? At(AlarmCause what, IReadOnlyDictionary<int, bool> levels)
    {
        if (!what.IsAlarm)
            return levels.TryGetValue(what.Index, out var level) ? level : null;
        var alarm = alarms[what.Index];
        return alarm.Group is null && alarm.Kind is AlarmKind.Active or AlarmKind.Inactive && levels.TryGetValue(alarm.Point, out var watched)
            ? watched == (alarm.Kind == AlarmKind.Active)
            : null;
    }

    /// <summary>The point or group of one name, and the values among which it must be; null where nothing is known. What a delay holds up, and what a group, a trip or an output says of itself, say nothing.</summary>
    private ((bool IsGroup, int Index) Of, Interval Values)? Where(AlarmCause what, bool isTrue)
    {
        if (!what.IsAlarm)
            return ((false, what.Index), isTrue ? Interval.Above(0) : Interval.Only(0));
        var alarm = alarms[what.Index];
        if (alarm.Fault is not null || double.IsNaN(alarm.Setpoint) || (isTrue ? alarm.OffDelay : alarm.OnDelay) > TimeSpan.Zero)
            return null;
        Interval? values = (alarm.Kind, isTrue) switch
        {
            (AlarmKind.Active, true) or (AlarmKind.Inactive, false) => Interval.Above(0),
            (AlarmKind.Active, false) or (AlarmKind.Inactive, true) => Interval.Only(0),
            (AlarmKind.High or AlarmKind.HighHigh, true) => Interval.From(alarm.Setpoint - alarm.Deadband),
            (AlarmKind.High or AlarmKind.HighHigh, false) => Interval.Below(alarm.Setpoint),
            (AlarmKind.Low or AlarmKind.LowLow, true) => Interval.UpTo(alarm.Setpoint + alarm.Deadband),
            (AlarmKind.Low or AlarmKind.LowLow, false) => Interval.Above(alarm.Setpoint),
            _ => null,
        };
        return values is { } known ? ((alarm.Group is not null, alarm.Group ?? alarm.Point), known) : null;
    }

    /// <summary>Values that are not bad, in the alarm's unit; null where nothing bounds them.</summary>
    private ValueRange? Reach(AlarmOptions alarm)
    {
        if (alarm.Group is not { } group)
            return Reach(draft.Points[alarm.Point]);
        var (members, unit) = (draft.Groups[group].Members, draft.Groups[group].Options!.Unit);
        var all = members.Select(m => Reach(m) is { } r && m.Unit is { } its ? (ValueRange?)Sorted(its.To(unit, r.Low), its.To(unit, r.High)) : null).ToList();
        return all.Contains(null) ? null : new ValueRange(all.Min(r => r!.Value.Low), all.Max(r => r!.Value.High));
    }

    private ValueRange? Reach(PointDraft point)
    {
        if (point.IsComputed)
            return IsVoting(point) ? point.Range : null;
        if (point.Calibration is not null)
            return null;
        if (point.Checks.Loop is { } loop)
        {
            return loop.Scale == 0 ? null : Sorted(Value(point, (CurrentLoop.FailLow - loop.Offset) / loop.Scale), Value(point, (CurrentLoop.FailHigh - loop.Offset) / loop.Scale));
        }

        (double Low, double High)? raw = draft.Devices[point.Device] switch
        {
            SwitchOptions => (0, 1),
            ModbusDeviceOptions modbus when modbus.Registers.FirstOrDefault(r => r.Point == point.Index) is { With: null } register => Raw(register),
            _ => null,
        };
        return raw is var (low, high) ? Sorted(Value(point, low), Value(point, high)) : null;
    }

    private static (double Low, double High)? Raw(RegisterOptions register) => register.Type switch
    {
        RegisterType.Bit => (0, 1),
        RegisterType.Bits => (0, (1 << register.BitCount) - 1),
        RegisterType.UInt16 => (0, ushort.MaxValue),
        RegisterType.Int16 => (short.MinValue, short.MaxValue),
        RegisterType.Bcd16 => (0, 9999),
        _ => null,
    };

    private static double Value(PointDraft point, double raw) => (raw * point.Scale) + point.Offset;

    private static ValueRange Sorted(double a, double b) => new(Math.Min(a, b), Math.Max(a, b));

    private static bool IsVoting(PointDraft point) => point is { IsComputed: true, Members.Count: > 0 } && point.Name.EndsWith(".voting", StringComparison.Ordinal);

    /// <summary>Values between two ends, each included or not.</summary>
    private readonly record struct Interval(double Low, bool WithLow, double High, bool WithHigh)
    {
        public static Interval Only(double value) => new(value, true, value, true);

        public static Interval Above(double value) => new(value, false, double.PositiveInfinity, false);

        public static Interval From(double value) => new(value, true, double.PositiveInfinity, false);

        public static Interval Below(double value) => new(double.NegativeInfinity, false, value, false);

        public static Interval UpTo(double value) => new(double.NegativeInfinity, false, value, true);

        public bool Meets(Interval other)
        {
            var low = Low > other.Low || (Low == other.Low && !WithLow) ? (At: Low, With: WithLow) : (At: other.Low, With: other.WithLow);
            var high = High < other.High || (High == other.High && !WithHigh) ? (At: High, With: WithHigh) : (At: other.High, With: other.WithHigh);
            return low.At < high.At || (low.At == high.At && low.With && high.With);
        }
    }
}
