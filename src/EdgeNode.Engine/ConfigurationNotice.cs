using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;

namespace EdgeNode.Engine;

/// <summary>What site file this run goes by: told once, as soon as the runs before can be asked what theirs was.</summary>
/// <param name="site">The checked site.</param>
/// <param name="state">What the runs before left; null: nothing is kept.</param>
/// <param name="queue">Takes the event.</param>
/// <param name="clock">Gives the time of the start: now.</param>
/// <param name="version">The software's version.</param>
internal sealed class ConfigurationNotice(Site site, IStateStore? state, RecorderQueue queue, IStationClock clock, string version)
{
    private readonly ClockReading _started = clock.Read();
    private bool _told;

    /// <summary>Tells it when it can be told; at most once.</summary>
    public void Tell()
    {
        if (_told || state is { IsLoaded: false })
        {
            return;
        }

        _told = true;
        var record = state is null ? default : StartRecord.Count(state, site.Revision);
        queue.Put(EventBody.Configuration(site, _started.Wall, version, clock.BootId, state is null ? null : record.Starts, record.Changed));
    }
}
