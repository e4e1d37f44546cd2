using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// Raises <see cref="NodeAlarm.Annunciator"/> while a lamp or a siren cannot be driven, and has the lamps that can be show it. The station's loop calls it after each step.
/// </summary>
internal sealed class AnnunciatorWatch(Site site, Station station, OutputDrive drive, NodeAlarmBoard board, IStationClock clock)
{
    private readonly bool[] _told = new bool[site.Annunciators.Length];

    /// <summary>Looks at each.</summary>
    public void Look()
    {
        var (now, isNew, wrong) = (clock.Read().Monotonic, false, (List<string>?)null);
        for (var a = 0; a < _told.Length; a++)
        {
            var fault = drive.AnnunciatorFault(a, now);
            isNew |= _told[a] != fault is not null;
            _told[a] = fault is not null;
            if (fault is not null)
            {
                (wrong ??= []).Add($"{site.Annunciators[a].Id}: {fault}");
            }
        }

        station.Panel.AnnunciatorFault = wrong is not null;
        if (isNew)
        {
            // Another one is an alarm of its own: who knows of the lamp does not know of the siren yet.
            board.Set(NodeAlarm.Annunciator, false);
            board.Set(NodeAlarm.Annunciator, wrong is not null, wrong is null ? "" : string.Join("; ", wrong) + ".");
        }
    }
}
