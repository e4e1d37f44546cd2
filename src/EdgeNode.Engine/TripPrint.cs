using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>
/// Tells whether a trip is still the one that was reset: what trips it and when, what it acts on and how. The first 8 bytes of a SHA-256 of that, written out by names, so that a line more
/// elsewhere in the site file changes nothing.
/// </summary>
/// <remarks>
/// In it: mode, reset, settle, on-bad, causes and permissive with their alarms' kind, setpoint, deadband and delays, their groups' vote, and what makes the members' values; the outputs'
/// lines or registers, on which chip, port or address, and their safe state; which way a contact is wired. Not in it: texts, dates, how long a hand may inhibit or test, and by which register or line a value arrives: that is the
/// point's, by its name.
/// </remarks>
internal static class TripPrint
{
    public const int Bytes = 8;

    public static byte[] Of(Site site, TripOptions trip)
    {
        var text = new StringBuilder();
        Add(text, $"{trip.Armed} {trip.ManualReset} {trip.ResumeAfterCrash} {trip.Settle.Ticks} {trip.OnBad.Kind} {trip.OnBad.After.Ticks} {trip.ProcessSafetyTime.Ticks}");
        Add(text, site, trip.Cause);
        text.Append("; permissive ");
        if (trip.Permissive is { } permissive)
        {
            Add(text, site, permissive);
        }

        foreach (var output in trip.Effect)
        {
            var it = site.Outputs[output];
            Add(text, $"; output {it.Id} {it.NormalEnergised} {it.SafeEnergised} {Place(site, it.Place)}");
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..Bytes];
    }

    private static void Add(StringBuilder text, Site site, Cause cause)
    {
        switch (cause)
        {
            case CauseOf { What: { IsAlarm: true } what }:
                Alarm(text, site, site.Alarms[what.Index]);
                break;
            case CauseOf of:
                Point(text, site, of.What.Index);
                break;
            case CauseAny any:
                All("any", any.Of);
                break;
            case CauseAll all:
                All("all", all.Of);
                break;
            case CauseVote vote:
                All(vote.Needs.ToString(CultureInfo.InvariantCulture), vote.Of);
                break;
            case CauseNot not:
                All("not", [not.Of]);
                break;
            case CauseAfter after:
                All($"after {after.Delay.Ticks}", [after.Of]);
                break;
        }

        void All(string word, IEnumerable<Cause> of)
        {
            text.Append(word).Append('(');
            foreach (var one in of)
            {
                Add(text, site, one);
                text.Append(", ");
            }

            text.Append(')');
        }
    }

    private static void Alarm(StringBuilder text, Site site, AlarmOptions alarm)
    {
        Add(text, $"alarm {alarm.Id} {alarm.Kind} {alarm.Fault} {alarm.Setpoint:R} {alarm.Deadband:R} {alarm.OnDelay.Ticks} {alarm.OffDelay.Ticks} {alarm.RateOver.Ticks} ");
        Add(text, $"{alarm.ReferenceFactor:R} {alarm.ReferenceOffset:R} {alarm.Reference:R} ");
        if (alarm.ReferencePoint is { } reference)
        {
            Point(text, site, reference);
        }

        if (alarm.Group is { } group)
        {
            Group(text, site, site.Groups[group]);
        }
        else
        {
            Point(text, site, alarm.Point);
        }
    }

    private static void Group(StringBuilder text, Site site, GroupOptions group)
    {
        Add(text, $"group {group.Id} {group.Unit.Symbol} {group.Vote} {string.Join(' ', group.Degrade)} {group.AllBad} {group.Prefer} {group.FailureDelay.Ticks} ");
        Add(text, $"{group.Deviation?.Limit:R} {group.Deviation?.OnDelay.Ticks} ");
        foreach (var member in group.Members)
        {
            Point(text, site, member);
        }
    }

    private static void Point(StringBuilder text, Site site, int index)
    {
        var point = site.Points[index];
        var (checks, calibration) = (point.Checks, point.Calibration);
        Add(text, $"point {point.Name} {point.Unit.Symbol} {point.Scale:R} {point.Offset:R} {point.Range?.Low:R} {point.Range?.High:R} {point.Stale.Ticks} ");
        Add(text, $"{checks.Loop?.Scale:R} {checks.Loop?.Offset:R} {checks.Loop?.FailureAfter.Ticks} {checks.RatePerSecond:R} {checks.Spike:R} {checks.Stuck?.For.Ticks} {checks.Stuck?.Within:R} ");
        Add(text, $"{calibration?.Measured.Symbol} {calibration?.Bridge?.Form} {calibration?.Bridge?.GaugeFactor:R} {calibration?.Gain:R} {calibration?.Offset:R} ");
        Add(text, $"{calibration?.Temperature?.Reference:R} {calibration?.Temperature?.Coefficient:R} ");
        if (calibration?.Temperature is { } temperature)
        {
            text.Append(site.Points[temperature.Point].Name);
        }

        foreach (var word in (site.Devices.ElementAtOrDefault(point.Device) as ModbusDeviceOptions)?.Status ?? [])
        {
            if (word.Points.Contains(index))
            {
                Add(text, $"status {word.Failure:X} {word.FunctionCheck:X} {word.OutOfSpecification:X} {word.MaintenanceRequired:X} ");
            }
        }

        if (site.GroupOf(index) is { } group)
        {
            Group(text, site, site.Groups[group]);
        }
        else if (site.Devices.ElementAtOrDefault(point.Device) is SwitchOptions contact)
        {
            Add(text, $"{contact.Line.ActiveLow} {contact.Line.Debounce.Ticks} ");
        }
    }

    /// <summary>Where it is, and not what its bus or device is called: the same name may stand for another wire.</summary>
    private static string Place(Site site, OutputPlace place) => place switch
    {
        LineOutput line => string.Create(CultureInfo.InvariantCulture, $"{Wire(site.Buses[line.Bus])} line {line.Line.Shown} {line.Line.ActiveLow}"),
        RegisterOutput register when site.Devices[register.Device] is ModbusDeviceOptions device => string.Create(
            CultureInfo.InvariantCulture,
            $"{Wire(site.Buses[device.Bus])} unit {device.Address} {device.Simulated} {register.Function} {register.Register} {register.WhenEnergised} {register.WhenDeEnergised}"),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "unknown output"),
    };

    private static string Wire(BusOptions bus) => bus switch
    {
        GpioBusOptions gpio => gpio.Path,
        ModbusTcpBusOptions tcp => string.Create(CultureInfo.InvariantCulture, $"{tcp.Host}:{tcp.Port}"),
        ModbusRtuBusOptions serial => serial.Port,
        ModbusRtuOverTcpBusOptions server => string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}"),
        _ => bus.Id,
    };

    private static void Add(StringBuilder text, FormattableString part) => text.Append(FormattableString.Invariant(part)).Append(' ');
}
