using System.Buffers.Binary;
using System.Text;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>How a key, or a tamper, mains or door contact, was last seen.</summary>
/// <param name="Active">It was active.</param>
/// <param name="Since">Since when.</param>
/// <param name="At">The same, by the monotonic clock of that boot.</param>
/// <param name="OfThisBoot">That boot is this one.</param>
internal readonly record struct KeptContact(bool Active, SourceTime Since, TimeSpan At, bool OfThisBoot);

/// <summary>What is known of the front panel across a restart: the maintenance (key <c>maintenance</c> that of the command, <c>maintenance/ID</c> that of a key), and the keys and the contacts that are told (key <c>contact/ID</c>).</summary>
/// <remarks>
/// Values, little-endian. Maintenance: u8 version 1, a <see cref="KeptTime"/> of its end, u8 length and UTF-8 of who, and UTF-8 of why to the end. A contact: u8 version 1,
/// u8 1 while active, i64 since (Unix microseconds), u8 1 for a synchronised clock, i64 since (ticks of 100 ns of the boot's monotonic clock), 16 bytes boot id.
/// </remarks>
internal sealed class PanelMemory(Site site, IStateStore store, IStationClock clock)
{
    private const string MaintenanceKey = "maintenance";
    private const string OfKeyPrefix = MaintenanceKey + "/";
    private const string ContactPrefix = "contact/";
    private const byte Version = 1;
    private const int HeadBytes = 1 + KeptTime.Bytes;
    private const int ContactBytes = 35;

    /// <summary>Writes a maintenance down; null: there is none.</summary>
    public void Keep(int? owner, MaintenanceSpan? maintenance, ClockReading now)
    {
        if (maintenance is null)
        {
            store.Remove(Key(owner));
            return;
        }

        var by = Encoding.UTF8.GetBytes(maintenance.By).AsSpan();
        by = by[..Math.Min(by.Length, byte.MaxValue)];
        byte[] value = [.. new byte[HeadBytes], (byte)by.Length, .. by, .. Encoding.UTF8.GetBytes(maintenance.Why)];
        value[0] = Version;
        KeptTime.Write(value.AsSpan(1), maintenance.Until, now, clock);

        // A store at its limit costs the memory of it: after a restart nothing is marked.
        store.Set(Key(owner), value);
    }

    /// <summary>Forgets the maintenance of keys that the site no longer has.</summary>
    public void Forget()
    {
        foreach (var key in store.Keys(OfKeyPrefix).Where(k => !site.Inputs.Any(i => i.Means == InputMeaning.Maintenance && OfKeyPrefix + i.Id == k)))
        {
            store.Remove(key);
        }
    }

    /// <summary>The maintenance that the run before left, in this boot's monotonic time; null: none.</summary>
    /// <param name="owner">Index of the key; null: that of the command.</param>
    /// <param name="start">When this run began, and with it what it measures.</param>
    /// <param name="now">Both clocks.</param>
    public MaintenanceSpan? Maintenance(int? owner, TimeSpan start, ClockReading now)
    {
        if (store.Get(Key(owner)) is not { Length: > HeadBytes } value || value[0] != Version || value.Length < HeadBytes + 1 + value[HeadBytes])
        {
            store.Remove(Key(owner));
            return null;
        }

        var by = value.AsSpan(HeadBytes + 1, value[HeadBytes]);
        var until = KeptTime.ReadEnd(value.AsSpan(1), site.Maintenance.Longest, now, clock);
        return new MaintenanceSpan(start < until ? start : until, until, Encoding.UTF8.GetString(by), Encoding.UTF8.GetString(value.AsSpan(HeadBytes + 1 + by.Length)));
    }

    private string Key(int? owner) => owner is { } input ? OfKeyPrefix + site.Inputs[input].Id : MaintenanceKey;

    /// <summary>Writes down how a contact is.</summary>
    public void Keep(int input, in KeptContact contact)
    {
        Span<byte> value = stackalloc byte[ContactBytes];
        value[0] = Version;
        value[1] = contact.Active ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(value[2..], contact.Since.UnixMicroseconds);
        value[10] = contact.Since.Clock == ClockQuality.Synchronised ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(value[11..], contact.At.Ticks);
        clock.BootId.TryWriteBytes(value[19..]);
        store.Set(ContactPrefix + site.Inputs[input].Id, value);
    }

    /// <summary>How the contacts were, by input index; null where nothing is known. Those that the site no longer has are forgotten.</summary>
    public KeptContact?[] Contacts()
    {
        var kept = new KeptContact?[site.Inputs.Length];
        foreach (var key in store.Keys(ContactPrefix))
        {
            var input = site.Inputs.ToList().FindIndex(i => ContactPrefix + i.Id == key);
            if (input < 0 || store.Get(key) is not { Length: ContactBytes } value || value[0] != Version)
            {
                store.Remove(key);
                continue;
            }

            var since = new SourceTime(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(2)), value[10] == 1 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised);
            kept[input] = new KeptContact(value[1] == 1, since, new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(11))), new Guid(value.AsSpan(19)) == clock.BootId);
        }

        return kept;
    }
}
