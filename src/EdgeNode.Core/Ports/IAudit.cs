using System.Buffers;
using System.Text.Json;

namespace EdgeNode.Core.Ports;

/// <summary>
/// The audit trail: who did what, when, in a chain that shows tampering. From any thread; it never waits and never throws for a disk:
/// entries gather in a bounded queue that one thread writes, and a trail that cannot be written is <see cref="Model.NodeAlarm.AuditBroken"/>.
/// </summary>
public interface IAudit
{
    /// <summary>Adds an entry, stamped now.</summary>
    /// <param name="who">Who did it: <see cref="AuditWho.System"/>, or a local user's name. At most 64 characters.</param>
    /// <param name="what">A kind of <see cref="AuditKind"/>. At most 32 characters.</param>
    /// <param name="body">One JSON object in UTF-8, at most 8 KiB; of a larger one only its length and its hash are kept.</param>
    void Add(string who, string what, ReadOnlyMemory<byte> body);
}

/// <summary>How a body is written.</summary>
public static class AuditBody
{
    /// <summary>Adds an entry whose body is an object with these members.</summary>
    /// <param name="audit">The trail.</param>
    /// <param name="who">Who did it.</param>
    /// <param name="what">A kind of <see cref="AuditKind"/>.</param>
    /// <param name="members">Writes them.</param>
    public static void Add(this IAudit audit, string who, string what, Action<Utf8JsonWriter> members)
    {
        ArgumentNullException.ThrowIfNull(audit);
        ArgumentNullException.ThrowIfNull(members);
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        audit.Add(who, what, body.WrittenMemory);
    }
}

/// <summary>Who the node's own entries name.</summary>
public static class AuditWho
{
    /// <summary>The gateway itself, with nobody's hand in it.</summary>
    public const string System = "system";
}

/// <summary>What an entry says was done. The words are stable: they stand in trails that outlive this program.</summary>
public static class AuditKind
{
    /// <summary>The gateway has started: version, revision, boot, epoch, and whether the run before ended in an orderly way.</summary>
    public const string Start = "start";

    /// <summary>An orderly stop begins.</summary>
    public const string Stop = "stop";

    /// <summary>Somebody asked for a planned restart: which outputs are held through it and for how many seconds, and what became of it.</summary>
    public const string Restart = "restart";

    /// <summary>The site file's revision is another than at the start before.</summary>
    public const string Revision = "revision";

    /// <summary>Opening the spool found damage, or put files into quarantine.</summary>
    public const string SpoolDamage = "spool-damage";

    /// <summary>The history was damaged, empty or locked; its files went into quarantine.</summary>
    public const string HistoryDamage = "history-damage";

    /// <summary>The state store was damaged.</summary>
    public const string StateDamage = "state-damage";

    /// <summary>What a person asked of an alarm follows: <c>alarm-acknowledge</c>, <c>alarm-shelve</c>, <c>alarm-out-of-service</c> and so on, with what became of it.</summary>
    public const string Alarm = "alarm-";

    /// <summary>What a person asked of the emergency mode follows: <c>emergency-on</c>, <c>emergency-off</c>, with what became of it.</summary>
    public const string Emergency = "emergency-";

    /// <summary>What became of a bypass of a member of a group follows: <c>bypass-set</c> and <c>bypass-end</c> by a person, <c>bypass-expired</c> by its time.</summary>
    public const string Bypass = "bypass-";

    /// <summary>Somebody stilled the sirens.</summary>
    public const string Silence = "silence";

    /// <summary>What became of a maintenance follows: <c>maintenance-on</c> and <c>maintenance-off</c> by a hand, <c>maintenance-over</c> by its time.</summary>
    public const string Maintenance = "maintenance-";

    /// <summary>Somebody tests the lamps, or ends to do so.</summary>
    public const string LampTest = "lamp-test";

    /// <summary>A tamper, mains or door contact has changed.</summary>
    public const string Contact = "contact";

    /// <summary>What a person asked of an output follows: <c>output-safe</c> and <c>output-reset</c>, with what became of it.</summary>
    public const string Output = "output-";

    /// <summary>What became of a value in place of a point's readings follows: <c>substitute-set</c> and <c>substitute-end</c> by a person, <c>substitute-expired</c> by its time.</summary>
    public const string Substitute = "substitute-";

    /// <summary>What was asked of a trip follows: <c>trip-reset</c>, <c>trip-inhibit</c>, <c>trip-trip</c> and so on by a person, <c>trip-inhibit-ended</c> and <c>trip-test-ended</c> by their time.</summary>
    public const string Trip = "trip-";
}
