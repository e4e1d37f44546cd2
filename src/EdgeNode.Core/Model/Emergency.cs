using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>What the node measures and reports more often, for a limited time, once something critical has happened.</summary>
/// <param name="When">Alarms that begin it, as indexes into <see cref="Site.Alarms"/>; empty: only a person does.</param>
/// <param name="Points">Points that it is about, as indexes into <see cref="Site.Points"/>; a group is named by its members.</param>
/// <param name="For">How long it lasts after the last alarm that began or prolonged it; up to <see cref="Longest"/>.</param>
public sealed record EmergencyOptions(ImmutableArray<int> When, ImmutableArray<int> Points, TimeSpan For)
{
    /// <summary>The upper bound of <see cref="For"/>, and of what a person may ask for: 24 h. So it always ends.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>How long it lasts unless the site file says otherwise: 15 min, an assumption.</summary>
    public static readonly TimeSpan ForDefault = TimeSpan.FromMinutes(15);

    /// <summary>Scan period of the devices of its points meanwhile, where theirs is longer; null: as ever.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Each reading of its points is reported meanwhile; else the points' report rules hold.</summary>
    public bool EveryReading { get; init; } = true;

    /// <summary>The scan period of a device while the mode is on: never longer than its own.</summary>
    /// <param name="site">The site.</param>
    /// <param name="device">Index into <see cref="Site.Devices"/>.</param>
    public TimeSpan EveryOf(Site site, int device)
    {
        ArgumentNullException.ThrowIfNull(site);
        var own = site.Devices[device].Every;
        return Every is { } every && every < own && Points.Any(p => DevicesOf(site, p).Contains(device)) ? every : own;
    }

    /// <summary>The site as it is scanned while the mode is on, for planning.</summary>
    public Site Scanned(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site with { Devices = [.. site.Devices.Select((d, i) => d with { Every = EveryOf(site, i) })] };
    }

    /// <summary>The devices that a point hangs on: its own; of a group's point those of the members.</summary>
    /// <param name="site">The site.</param>
    /// <param name="point">Index into <see cref="Site.Points"/>.</param>
    public static IEnumerable<int> DevicesOf(Site site, int point)
    {
        ArgumentNullException.ThrowIfNull(site);
        return !site.Points[point].IsComputed ? [site.Points[point].Device]
            : site.GroupOf(point) is { } group ? site.Groups[group].Members.Select(m => site.Points[m].Device)
            : [];
    }
}

/// <summary>Why the emergency mode is on, or was ended.</summary>
/// <param name="Alarm">The alarm that began it, as an index into <see cref="Site.Alarms"/>; null when none did.</param>
/// <param name="By">Who asked for it; null when nobody did.</param>
/// <param name="Text">The reason that a person gave; empty without one.</param>
public readonly record struct EmergencyWhy(int? Alarm, string? By, string Text);

/// <summary>The emergency mode has begun, or is over.</summary>
/// <param name="On">It has begun.</param>
/// <param name="Time">When.</param>
/// <param name="Until">When it ends unless it is prolonged; at its end the same as <paramref name="Time"/>.</param>
/// <param name="Why">Why; at its end nobody and nothing when its time was over.</param>
public readonly record struct EmergencyChange(bool On, SourceTime Time, SourceTime Until, EmergencyWhy Why);

/// <summary>A person asks for the emergency mode, or for its end.</summary>
/// <param name="On">To begin or to prolong it; else to end it.</param>
/// <param name="By">Who asks.</param>
public readonly record struct EmergencyCommand(bool On, string By)
{
    /// <summary>How long, at most <see cref="EmergencyOptions.Longest"/>; null: as the site file says.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The reason; null or empty without one.</summary>
    public string? Why { get; init; }
}

/// <summary>What became of an <see cref="EmergencyCommand"/>.</summary>
public enum EmergencyAnswer : byte
{
    /// <summary>It has begun, was prolonged, or is over.</summary>
    Done,

    /// <summary>It lasts that long already, or is not on.</summary>
    Nothing,

    /// <summary>The site file has no <c>emergency</c>.</summary>
    NotInSite,
}

/// <summary>How the emergency mode stands.</summary>
/// <param name="On">It is on.</param>
/// <param name="Since">When it began; meaningless while it is off.</param>
/// <param name="Until">When it ends unless it is prolonged; meaningless while it is off.</param>
/// <param name="Why">Why it is on.</param>
public readonly record struct EmergencyStatus(bool On, SourceTime Since, SourceTime Until, EmergencyWhy Why);
