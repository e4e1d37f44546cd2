using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>A lamp or a siren.</summary>
/// <param name="Id">Tag name, unique.</param>
/// <param name="Place">The line; active is lit or sounding.</param>
/// <param name="Sounds">Priorities that it announces.</param>
/// <param name="IsLamp">A lamp shows states until they are gone; a siren calls until it is silenced or acknowledged.</param>
public sealed record AnnunciatorOptions(string Id, LineOutput Place, ImmutableArray<AlarmPriority> Sounds, bool IsLamp)
{
    /// <summary>A person may silence it; a lamp is never silenced.</summary>
    public bool SilenceAllowed { get; init; }
}

/// <summary>Maintenance: people work on the plant, so what is measured is marked as such (NE 107, function check).</summary>
/// <param name="Longest">It ends by itself after this time; default 8 h, one shift, an assumption.</param>
public sealed record MaintenanceOptions(TimeSpan Longest)
{
    /// <summary>One shift.</summary>
    public static MaintenanceOptions Default { get; } = new(TimeSpan.FromHours(8));
}
