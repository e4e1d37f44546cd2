namespace EdgeNode.Engine;

/// <summary>
/// When each device of one bus is due. Due times are start + n x period, so a late scan does not shift the ones after it.
/// A bus that cannot keep up skips whole periods and counts them; nothing queues.
/// </summary>
/// <remarks>
/// While the emergency mode is on a device may have a shorter period. The first scan is then at the next multiple of it since the last, so that
/// nothing comes in a lump, and never later than it would have been. After it the device is back on the due times that it had before.
/// </remarks>
public sealed class ScanSchedule
{
    private readonly Entry[] _entries;

    /// <param name="devices">Device index and period of each device of the bus.</param>
    /// <param name="start">Monotonic time of the start.</param>
    /// <param name="quick">Period of a device while the emergency mode is on, not above its own; null: its own.</param>
    /// <remarks>
    /// First scans are spread over the shortest period or half a second, whichever is shorter, so that ten devices of a second
    /// each do not come in one lump, and a technician sees every value within a second all the same.
    /// </remarks>
    public ScanSchedule(IReadOnlyList<(int Device, TimeSpan Every)> devices, TimeSpan start, Func<int, TimeSpan>? quick = null)
    {
        var window = devices.Count == 0 ? TimeSpan.Zero : devices.Min(d => d.Every);
        window = window < TimeSpan.FromMilliseconds(500) ? window : TimeSpan.FromMilliseconds(500);
        _entries = [.. devices.Select((d, i) => new Entry(d.Device, d.Every, quick?.Invoke(d.Device) ?? d.Every, start + (window * i / devices.Count)))];
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

    /// <summary>Goes over to the periods of the emergency mode, or back. What is due already stays due.</summary>
    public void Quicken(bool on, TimeSpan now)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            ref var entry = ref _entries[i];
            var every = on ? entry.Quick : entry.Own;
            if (every == entry.Every)
            {
                continue;
            }

            var last = entry.Due - entry.Every;
            if (!on)
            {
                // The first of its own due times behind the last scan: never more than one period of its own after it.
                entry.Due = entry.First + (entry.Own * (Floor(last - entry.First, entry.Own) + 1));
            }
            else if (entry.Due > now)
            {
                var sooner = last + (every * Math.Max(1, -Floor(last - now, every)));
                entry.Due = sooner < entry.Due ? sooner : entry.Due;
            }
            else
            {
                // Late by its own period: that is counted now, and what is left to be late is of the new one.
                var missed = (now - entry.Due).Ticks / every.Ticks;
                Skipped += (now - entry.Due).Ticks / entry.Every.Ticks;
                entry.Due += every * missed;
            }

            entry.Every = every;
        }
    }

    /// <summary>Whole periods in a span, rounded down; of a negative one too.</summary>
    private static long Floor(TimeSpan span, TimeSpan period) =>
        span >= TimeSpan.Zero ? span.Ticks / period.Ticks : -((period.Ticks - 1 - span.Ticks) / period.Ticks);

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

    private struct Entry(int device, TimeSpan own, TimeSpan quick, TimeSpan first)
    {
        public readonly int Device = device;
        public readonly TimeSpan Own = own;
        public readonly TimeSpan Quick = quick;
        public readonly TimeSpan First = first;
        public TimeSpan Every = own;
        public TimeSpan Due = first;
    }
}
