using System.Buffers.Binary;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// The alarms' states across a restart: key <c>alarm/ID</c>. Without it an alarm that ends while the gateway is down would stay raised for
/// the platform, and an acknowledgement, a shelf or a latch would be lost with the process.
/// </summary>
/// <remarks>
/// Value, little-endian: u8 version 3, u8 flags (<see cref="Flags"/>), i64 since (Unix microseconds), u8 clock quality, 16 bytes boot id of that stamp (zeros where it is known
/// no more), u8 state (<see cref="AlarmState"/>), of a shelved one a <see cref="KeptTime"/>: the end of the shelf. Version 2 had that end by two clocks, and no shelf of it is taken over;
/// version 1 ends after the boot id, and its second byte is 1 while active.
/// </remarks>
internal sealed class AlarmMemory(Site site, IStateStore store, IStationClock clock)
{
    /// <summary>Begin of each key.</summary>
    internal const string Prefix = "alarm/";

    private const int OldBytes = 27;
    private const int HeadBytes = OldBytes + 1;
    private const int Version2Bytes = 44;

    [Flags]
    private enum Flags : byte
    {
        Active = 1,
        Latched = 2,
        Suppressed = 4,
        OneShot = 8,
        FirstOut = 16,
    }

    /// <summary>The condition was true when it was written down.</summary>
    internal static bool IsActive(ReadOnlySpan<byte> value) => value.Length >= OldBytes && ((Flags)value[1]).HasFlag(Flags.Active);

    /// <summary>Writes down a state.</summary>
    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="facts">What it knows.</param>
    /// <param name="firstOut">It was the first of its group to come up.</param>
    /// <param name="since">Since when it is active or not.</param>
    /// <param name="ofThisBoot">That is a stamp of this boot, and can still be corrected.</param>
    /// <param name="now">Both clocks, for the end of the shelf.</param>
    public void Keep(int alarm, in AlarmFacts facts, bool firstOut, SourceTime since, bool ofThisBoot, ClockReading now)
    {
        Span<byte> value = stackalloc byte[HeadBytes + KeptTime.Bytes];
        value[0] = 3;
        value[1] = (byte)((facts.Active ? Flags.Active : 0) | (facts.Latched ? Flags.Latched : 0) | (facts.Suppressed ? Flags.Suppressed : 0)
            | (facts.OneShot ? Flags.OneShot : 0) | (firstOut ? Flags.FirstOut : 0));
        since = ofThisBoot ? clock.Correct(since) : since;
        BinaryPrimitives.WriteInt64LittleEndian(value[2..], since.UnixMicroseconds);
        value[10] = since.Clock == ClockQuality.Synchronised ? (byte)1 : (byte)0;
        (ofThisBoot ? clock.BootId : Guid.Empty).TryWriteBytes(value[11..]);
        value[OldBytes] = (byte)facts.State;
        if (facts.ShelvedUntil is { } until)
        {
            KeptTime.Write(value[HeadBytes..], until, now, clock);
        }
        else
        {
            value = value[..HeadBytes];
        }

        // A store at its limit costs the memory of this alarm, not the alarm.
        store.Set(Prefix + site.Alarms[alarm].Id, value);
    }

    /// <summary>The states that the run before left, by alarm index; null where it left none. Those of alarms that the site no longer has are forgotten.</summary>
    public KeptAlarm?[] Recall(ClockReading now)
    {
        var kept = new KeptAlarm?[site.Alarms.Length];
        var ids = site.Alarms.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i, StringComparer.Ordinal);
        foreach (var key in store.Keys(Prefix))
        {
            if (!ids.TryGetValue(key[Prefix.Length..], out var alarm))
            {
                store.Remove(key);
            }
            else if (store.Get(key) is { } value)
            {
                kept[alarm] = Read(value, site.Alarms[alarm], now);
            }
        }

        return kept;
    }

    private KeptAlarm? Read(ReadOnlySpan<byte> value, AlarmOptions alarm, ClockReading now)
    {
        var old = value.Length == OldBytes && value[0] == 1;
        var known = value.Length >= HeadBytes && value[OldBytes] < AlarmStates.Count
            && (value[0] == 2 ? value.Length == Version2Bytes : value[0] == 3 && value.Length is HeadBytes or HeadBytes + KeptTime.Bytes);
        if (!old && !known)
        {
            return null;
        }

        var flags = (Flags)value[1];
        var quality = value[10] == 1 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised;
        var since = new SourceTime(BinaryPrimitives.ReadInt64LittleEndian(value[2..]), quality);
        var ofThisBoot = new Guid(value[11..OldBytes]) == clock.BootId;
        var active = flags.HasFlag(Flags.Active);

        // Version 1 knows nothing of people: an active one waits to be acknowledged.
        var state = !old ? (AlarmState)value[OldBytes] : active ? AlarmState.Unacknowledged : AlarmState.Normal;
        var until = state == AlarmState.Shelved && value.Length == HeadBytes + KeptTime.Bytes
            ? KeptTime.ReadEnd(value[HeadBytes..], alarm.ShelveAtMost, now, clock) : (TimeSpan?)null;
        var facts = old
            ? new AlarmFacts(state, active, false, false, null, false)
            : new AlarmFacts(state, active, flags.HasFlag(Flags.Latched), flags.HasFlag(Flags.Suppressed), until, flags.HasFlag(Flags.OneShot));
        return new KeptAlarm(facts, since, ofThisBoot) { FirstOut = flags.HasFlag(Flags.FirstOut) && !old };
    }
}

/// <summary>A state that the run before left.</summary>
/// <param name="Facts">What it knew.</param>
/// <param name="Since">Since when it is active or not.</param>
/// <param name="OfThisBoot">The stamp is of this boot, so that it can still be corrected.</param>
internal readonly record struct KeptAlarm(AlarmFacts Facts, SourceTime Since, bool OfThisBoot)
{
    /// <summary>It was the first of its group to come up.</summary>
    public bool FirstOut { get; init; }
}
