using System.Collections.Immutable;

namespace EdgeNode.Core.Ports;

/// <summary>All that a site drives, by its ports.</summary>
/// <param name="Outputs">In the order of <see cref="Model.Site.Outputs"/>.</param>
/// <param name="Annunciators">In the order of <see cref="Model.Site.Annunciators"/>.</param>
/// <param name="Heartbeat">Of the external watchdog relay; null when there is none.</param>
public sealed record DrivenPorts(ImmutableArray<IOutputPort> Outputs, ImmutableArray<IOutputPort> Annunciators, IOutputPort? Heartbeat)
{
    /// <summary>Nothing is driven.</summary>
    public static DrivenPorts None { get; } = new([], [], null);
}
