namespace EdgeNode.Engine;

/// <summary>
/// When each device of one bus is due. Due times are start + n x period, so a late scan does not shift the ones after it.
/// A bus that cannot keep up skips whole periods and counts them; nothing queues.
/// </summary>
public sealed class ScanSchedule
{
    private readonly Entry[] _entries;

    /// <param name="devices">Device index and period of each device of the bus.</param>
    /// <param name="start">Monotonic time of the start.</param>
    /// <remarks>
    /// First scans are spread over the shortest period or half a second, whichever is shorter, so that ten devices of a second
    /// each do not come in one lump, and a technician sees every value within a second all the same.
    /// </remarks>
    public ScanSchedule(IReadOnlyList<(int Device, TimeSpan Every)> devices, TimeSpan start)
    {
        var window = devices.Count == 0 ? TimeSpan.Zero : devices.Min(d => d.Every);
        window = window < TimeSpan.FromMilliseconds(500) ? window : TimeSpan.FromMilliseconds(500);
        _entries = [.. devices.Select((d, i) => new Entry(d.Device, d.Every) { Due = start + (window * i / devices.Count) })];
    }

    /// <summary>Periods that were skipped because the bus was busy.</summary>
    public long Skipped { get; private set; }

    /// <summary>When the next device is due; null for a bus without devices.</summary>
    public TimeSpan? NextDue => _entries.Length == 0 ? null : Earliest().Due;

    /// <summary>Takes the device that has been due longest and moves its due time on.</summary>
    /// <returns>The device index, or null when none is due at <paramref name="now"/>.</returns>
    public int? Take(TimeSpan now)
    {
        if (_entries.Length == 0)
        {
            return null;
        }

        ref var entry = ref Earliest();
        if (entry.Due > now)
        {
            return null;
        }

        var missed = (now - entry.Due).Ticks / entry.Every.Ticks;
        Skipped += missed;
        entry.Due += entry.Every * (missed + 1);
        return entry.Device;
    }

    private ref Entry Earliest()
    {
        var best = 0;
        for (var i = 1; i < _entries.Length; i++)
        {
            if (_entries[i].Due < _entries[best].Due)
            {
                best = i;
            }
        }

        return ref _entries[best];
    }

    private struct Entry(int device, TimeSpan every)
    {
        public readonly int Device = device;
        public readonly TimeSpan Every = every;
        public TimeSpan Due;
    }
}
