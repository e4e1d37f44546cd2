using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>On and off in turn, beginning with on.</summary>
/// <param name="On">More than 0.</param>
/// <param name="Off">More than 0.</param>
public readonly record struct Beat(TimeSpan On, TimeSpan Off)
{
    /// <summary>On or off, so long after its beginning.</summary>
    public bool IsOn(TimeSpan since) => Phase(since) < On;

    /// <summary>How long after its beginning it changes next.</summary>
    public TimeSpan Next(TimeSpan since)
    {
        var phase = Phase(since);
        return since - phase + (phase < On ? On : On + Off);
    }

    private TimeSpan Phase(TimeSpan since) => new(since.Ticks % (On + Off).Ticks);
}

/// <summary>How annunciators flash and sound. ISA-18.1 names a fast and a slow flash; all the times are our own figures.</summary>
public static class AnnunciatorPatterns
{
    /// <summary>A lamp with an unacknowledged critical alarm: 2 flashes a second.</summary>
    public static readonly Beat CriticalFlash = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));

    /// <summary>A lamp with another unacknowledged alarm: 1 flash a second.</summary>
    public static readonly Beat Flash = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));

    /// <summary>A lamp whose alarm has gone and waits for its reset: 1 flash in 2 s.</summary>
    public static readonly Beat RingBack = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>A siren for an alarm of high priority. For a critical one it sounds without a break.</summary>
    public static readonly Beat Pulses = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>A siren for an alarm of medium or low priority: so long, once.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(3);

    /// <summary>Longest silence: who silences and does not acknowledge is called again after this time.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(15);

    /// <summary>What a siren does for alarms that call.</summary>
    /// <param name="priority">The most urgent one.</param>
    /// <param name="since">How long ago the latest of that urgency has come up; 0 or more.</param>
    /// <returns>Whether it sounds, and how long after that alarm it changes by itself; null: it does not.</returns>
    public static (bool On, TimeSpan? Next) Siren(AlarmPriority priority, TimeSpan since) => priority switch
    {
        AlarmPriority.Critical => (true, null),
        AlarmPriority.High => (Pulses.IsOn(since), Pulses.Next(since)),
        _ => since < Call ? (true, Call) : (false, null),
    };

    /// <summary>What a lamp does.</summary>
    /// <param name="indication">What it shows.</param>
    /// <param name="critical">Of a flashing one: there is a critical alarm among those that make it flash.</param>
    /// <param name="now">Monotonic time: all lamps go by it, so that they flash in step.</param>
    /// <returns>Whether it is lit, and when it changes by itself; null: it does not.</returns>
    public static (bool On, TimeSpan? Next) Lamp(Indication indication, bool critical, TimeSpan now)
    {
        var beat = indication == Indication.RingBack ? RingBack : critical ? CriticalFlash : Flash;
        return indication is Indication.RingBack or Indication.Flashing
            ? (beat.IsOn(now), beat.Next(now))
            : (indication == Indication.Steady, null);
    }
}
