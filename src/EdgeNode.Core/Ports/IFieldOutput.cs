using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>
/// The writing side of a bus. A write goes out before the next poll: it waits only for the request that is under way. It is sent once and never
/// repeated, and only when the site file grants it. Nothing that comes from the network may call this.
/// </summary>
public interface IFieldOutput
{
    /// <summary>Writes once and waits for the confirmation. May be called from any thread, beside the scans.</summary>
    /// <param name="write">What, where.</param>
    /// <param name="stop">Gives up; what was sent by then may still have its effect.</param>
    /// <returns>What became of it; a refusal or a failing device is a result, never an exception.</returns>
    FieldWriteResult Write(FieldWrite write, CancellationToken stop);
}

/// <summary>A write to a Modbus device.</summary>
/// <param name="Device">Index into <see cref="Site.Devices"/>, or <see cref="Everybody"/>.</param>
/// <param name="Function">5 (a coil), 6 (a register), 15 (coils), 16 (registers), 22 (bits of a register), 23 (registers, and others read back).</param>
/// <param name="Register">First register or coil, 0-based.</param>
/// <param name="Values">Coils: 0 or 1. Registers: -32768 to 65535, as they stand on the wire, without scale. Function 22: the bits that stay, and the bits to set.</param>
public sealed record FieldWrite(int Device, int Function, int Register, ImmutableArray<int> Values)
{
    /// <summary>All devices of a serial line at once. Nobody confirms it, and every device of the line must grant it.</summary>
    public const int Everybody = -1;

    /// <summary>With function 23: what is read after the write.</summary>
    public RegisterRange? ReadBack { get; init; }

    /// <summary>Whoever writes tells of it himself, once per change: an output is written anew each second or so. What is not granted is told all the same.</summary>
    public bool IsToldByCaller { get; init; }

    /// <summary>
    /// Goes out although the device still owes a reply on its serial line; what comes late is thrown away. For what goes safe, and only of functions 5 and 6, whose confirmation repeats the value.
    /// </summary>
    public bool Overtakes { get; init; }

    /// <summary>Takes it back until its first byte goes out: then nothing is sent. Null: nothing does.</summary>
    public Withdrawal? Withdrawal { get; init; }
}

/// <summary>What became of a write.</summary>
public enum FieldWriteOutcome
{
    /// <summary>The device confirmed it; a broadcast is out.</summary>
    Done,

    /// <summary>The site file does not grant it, or the protocol does not allow it. Nothing was sent.</summary>
    NotGranted,

    /// <summary>There was no link, or the caller gave up or took it back. Nothing was sent.</summary>
    NotSent,

    /// <summary>The device answered with an exception, and did not do it.</summary>
    Refused,

    /// <summary>It was sent and not confirmed: it may have had its effect.</summary>
    Unknown,
}

/// <summary>What became of a write, and why.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why, unless done; none when it was not granted.</param>
/// <param name="Detail">In words, for a log or an operator.</param>
/// <param name="Registers">With function 23: what was read back.</param>
public sealed record FieldWriteResult(FieldWriteOutcome Outcome, Reason Reason, string Detail, ImmutableArray<int> Registers);
