using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>A maintenance, past or present.</summary>
/// <param name="Since">Monotonic time of its beginning.</param>
/// <param name="Until">Monotonic time of its end, or at which it ends by itself.</param>
/// <param name="By">Who began it, or moved its end last; of several that go on at once all of them.</param>
/// <param name="Why">The reason given; empty for a key switch.</param>
public sealed record MaintenanceSpan(TimeSpan Since, TimeSpan Until, string By, string Why);

/// <summary>
/// Maintenance: people work on the plant. What is measured meanwhile is marked, and protects as ever: voting, alarms and trips take the readings as they
/// are without the mark. Each key switch has one of its own, and the command has one: it lasts while any of them does, and the end of one ends nothing of another.
/// </summary>
/// <param name="options">How long each of them may last.</param>
/// <param name="inputs">How many inputs the site has; a key is known by its index, the command by null.</param>
public sealed class Maintenance(MaintenanceOptions options, int inputs)
{
    private readonly MaintenanceSpan?[] _last = new MaintenanceSpan?[inputs + 1];
    private readonly bool[] _on = new bool[inputs + 1];

    /// <summary>The maintenance that goes on, all owners together; null: there is none.</summary>
    public MaintenanceSpan? Present { get; private set; }

    /// <summary>Monotonic time at which the first of them ends by itself; null: there is none.</summary>
    public TimeSpan? Deadline => First() is { } first ? _last[first]!.Until : null;

    /// <summary>The one of an owner, while it goes on.</summary>
    /// <param name="key">Index into <see cref="Site.Inputs"/>; null: that of the command.</param>
    public MaintenanceSpan? Of(int? key) => _on[Slot(key)] ? _last[Slot(key)] : null;

    /// <summary>A moment lies in one of them, or in the last one of an owner, since a sample may be older than the end.</summary>
    /// <param name="at">Monotonic time.</param>
    public bool Covers(TimeSpan at)
    {
        foreach (var span in _last)
        {
            if (span is not null && at >= span.Since && at < span.Until)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A quality with the mark. NE 107 lets function check hide out of specification and maintenance required, and failure hides it: so what is good or
    /// uncertain becomes uncertain:maintenance, and what is bad stays as it is.
    /// </summary>
    public static Quality Mark(Quality quality) => quality.Status() < Ne107.FunctionCheck ? Quality.Uncertain(Reason.Maintenance) : quality;

    /// <summary>Begins that of an owner, or moves its end.</summary>
    /// <param name="key">Whose, as of <see cref="Of"/>.</param>
    /// <param name="at">Monotonic time.</param>
    /// <param name="time">How long; null: as long as the site file allows.</param>
    /// <param name="by">Who.</param>
    /// <param name="why">The reason.</param>
    public PanelOutcome Begin(int? key, TimeSpan at, TimeSpan? time, string by, string why)
    {
        var span = time ?? options.Longest;
        if (span <= TimeSpan.Zero || span > options.Longest)
        {
            return span <= TimeSpan.Zero ? PanelOutcome.NoTime : PanelOutcome.TooLong;
        }

        Set(Slot(key), new MaintenanceSpan(Of(key)?.Since ?? at, at + span, by, why), on: true);
        return PanelOutcome.Done;
    }

    /// <summary>Ends that of an owner.</summary>
    /// <returns>What ended; null when there was none.</returns>
    public MaintenanceSpan? End(int? key, TimeSpan at)
    {
        var ended = Of(key);
        if (ended is not null)
        {
            Set(Slot(key), ended with { Until = at }, on: false);
        }

        return ended;
    }

    /// <summary>Ends the first of those whose time is over.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="over">What ended.</param>
    /// <returns>False when none did.</returns>
    public bool TryExpire(TimeSpan now, out MaintenanceSpan over)
    {
        over = null!;
        if (First() is not { } first || _last[first]!.Until > now)
        {
            return false;
        }

        over = _last[first]!;
        Set(first, over, on: false);
        return true;
    }

    /// <summary>Takes over what the run before left of an owner, unless this run knows better.</summary>
    /// <param name="key">Whose, as of <see cref="Of"/>.</param>
    /// <param name="kept">In this boot's monotonic time.</param>
    /// <returns>False when this run has had one of that owner.</returns>
    public bool Restore(int? key, MaintenanceSpan kept)
    {
        if (_last[Slot(key)] is not null)
        {
            return false;
        }

        Set(Slot(key), kept, on: true);
        return true;
    }

    /// <summary>That of an owner is older than was known: it has covered more, and ends sooner.</summary>
    /// <param name="key">Whose, as of <see cref="Of"/>.</param>
    /// <param name="kept">What was granted, in this boot's monotonic time.</param>
    public void Replace(int? key, MaintenanceSpan kept)
    {
        if (Of(key) is { } its)
        {
            Set(Slot(key), kept with { Until = its.Until < kept.Until ? its.Until : kept.Until }, on: true);
        }
    }

    private int Slot(int? key) => key ?? inputs;

    private void Set(int slot, MaintenanceSpan span, bool on)
    {
        (_last[slot], _on[slot], Present) = (span, on, null);
        for (var i = 0; i < _last.Length; i++)
        {
            if (_on[i])
            {
                Present = Present is { } all ? Together(all, _last[i]!) : _last[i];
            }
        }
    }

    private static MaintenanceSpan Together(MaintenanceSpan a, MaintenanceSpan b) => new(
        a.Since < b.Since ? a.Since : b.Since, a.Until > b.Until ? a.Until : b.Until, $"{a.By}, {b.By}", string.Join("; ", new[] { a.Why, b.Why }.Where(w => w.Length > 0)));

    private int? First()
    {
        int? first = null;
        for (var i = 0; i < _last.Length; i++)
        {
            if (_on[i] && !(first is { } f && _last[f]!.Until <= _last[i]!.Until))
            {
                first = i;
            }
        }

        return first;
    }
}
