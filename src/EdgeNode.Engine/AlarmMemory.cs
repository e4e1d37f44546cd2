using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// The alarms' states across a restart: key <c>alarm/ID</c>, value u8 version 1, u8 active, i64 since (Unix microseconds), u8 clock quality,
/// 16 bytes boot id, little-endian. Without it an alarm that ends while the gateway is down would stay raised for the platform.
/// </summary>
internal sealed class AlarmMemory(Site site, IStateStore store, IStationClock clock)
{
    private const string Prefix = "alarm/";
    private const byte Version = 1;
    private const int Bytes = 27;

    /// <summary>Writes down a state.</summary>
    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="active">Raised, or cleared.</param>
    /// <param name="since">Since when; a stamp of this boot.</param>
    public void Keep(int alarm, bool active, SourceTime since)
    {
        Span<byte> value = stackalloc byte[Bytes];
        value[0] = Version;
        value[1] = active ? (byte)1 : (byte)0;
        since = clock.Correct(since);
        BinaryPrimitives.WriteInt64LittleEndian(value[2..], since.UnixMicroseconds);
        value[10] = since.Clock == ClockQuality.Synchronised ? (byte)1 : (byte)0;
        clock.BootId.TryWriteBytes(value[11..]);

        // A store at its limit costs the memory of this alarm, not the alarm.
        store.Set(Prefix + site.Alarms[alarm].Id, value);
    }

    /// <summary>The states that the run before left, by alarm index; null where it left none. Those of alarms that the site no longer has are forgotten.</summary>
    public KeptAlarm?[] Recall()
    {
        var kept = new KeptAlarm?[site.Alarms.Length];
        var ids = site.Alarms.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i, StringComparer.Ordinal);
        foreach (var key in store.Keys(Prefix))
        {
            if (!ids.TryGetValue(key[Prefix.Length..], out var alarm))
            {
                store.Remove(key);
            }
            else if (store.Get(key) is { Length: Bytes } value && value[0] == Version)
            {
                var quality = value[10] == 1 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised;
                kept[alarm] = new KeptAlarm(
                    value[1] == 1, new SourceTime(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(2)), quality),
                    new Guid(value.AsSpan(11)) == clock.BootId);
            }
        }

        return kept;
    }
}

/// <summary>A state that the run before left.</summary>
/// <param name="Active">Raised and not cleared.</param>
/// <param name="Since">Time of its last change.</param>
/// <param name="OfThisBoot">The stamp is of this boot, so that it can still be corrected.</param>
internal readonly record struct KeptAlarm(bool Active, SourceTime Since, bool OfThisBoot);
