using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>
/// Report by exception for one point, before the append: only what passes here gets a sequence number, so only that can be missing.
/// Without a report rule each value is sent. A bad quality is sent when it begins or changes its reason, and
/// again each <see cref="BadRepeat"/> while it lasts: a dead device says so, and does not fill the link.
/// </summary>
public sealed class ReportFilter
{
    /// <summary>Longest time between two reports of a point that stays bad, unless its report rule says less.</summary>
    public static readonly TimeSpan BadRepeat = TimeSpan.FromSeconds(60);

    private readonly ReportOptions? _options;
    private bool _any;
    private double _value;
    private Quality _quality;
    private TimeSpan _sentAt;

    /// <param name="options">The rule, or null to send each value.</param>
    public ReportFilter(ReportOptions? options) => _options = options;

    /// <summary>True when the reading is to be recorded; remembers it as the last sent.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="takenAt">Monotonic time of the reading.</param>
    /// <param name="pace">What the emergency mode makes of it; by the rule alone as a rule.</param>
    public bool Pass(in Reading reading, TimeSpan takenAt, ReportPace pace = default)
    {
        if (_any && reading.Quality == _quality && !pace.Everything && !(takenAt - _sentAt >= pace.Spacing && Due(reading, takenAt)))
        {
            return false;
        }

        _any = true;
        _value = reading.Value;
        _quality = reading.Quality;
        _sentAt = takenAt;
        return true;
    }

    private bool Due(in Reading reading, TimeSpan takenAt)
    {
        var silence = takenAt - _sentAt;
        if (reading.Quality.IsBad)
        {
            return silence >= BadRepeat || (_options is not null && silence >= _options.AtLeastEvery);
        }

        return _options is null
            || silence >= _options.AtLeastEvery
            || Math.Abs(reading.Value - _value) >= _options.Change;
    }
}
