using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Hardware.Scan;

/// <summary>
/// Who answers on a Modbus line. Each address is asked for holding register 0, and the silent ones for input register 0, which is a second
/// chance as well; an exception is an answer too. Who answers is asked who it is. Nothing is ever written. The silences and the wait for late
/// replies are those of the bus itself, since it is the bus's own channel that asks.
/// </summary>
public sealed class ModbusScan : IDisposable
{
    /// <summary>A unit whose reply came too late is asked again with this many times the deadline.</summary>
    private const int Patience = 4;

    /// <summary>Most attempts to open a line again that was lost while it was scanned.</summary>
    private const int ReopenLimit = 3;

    private static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(500);

    private readonly BusOptions _line;
    private readonly TimeSpan _timeout;
    private readonly ImmutableArray<DeviceProfile> _profiles;
    private readonly TimeProvider _time;
    private readonly ILink _link;
    private readonly Counters _counters = new();
    private readonly byte[] _pdu = new byte[Requests.ReadLength];
    private IChannel _channel;

    /// <summary>A scan of one line at one rate and format.</summary>
    /// <param name="line">A Modbus bus of any kind.</param>
    /// <param name="timeout">Deadline of each question; the time of the bytes on a serial line comes on top.</param>
    /// <param name="profiles">Whom to recognise.</param>
    /// <param name="time">For deadlines; the monotonic clock only.</param>
    public ModbusScan(BusOptions line, TimeSpan timeout, IEnumerable<DeviceProfile> profiles, TimeProvider time)
        : this(line, ModbusBus.Link(line, time), timeout, profiles, time)
    {
    }

    /// <summary>For tests: over any link.</summary>
    internal ModbusScan(BusOptions line, ILink link, TimeSpan timeout, IEnumerable<DeviceProfile> profiles, TimeProvider time)
    {
        (_line, _link, _timeout, _time) = (line, link, timeout, time);
        _profiles = [.. profiles];
        _channel = Open();
    }

    /// <summary>Whether a serial port can be asked for this rate, in bits a second.</summary>
    public static bool KnowsRate(int baud) => Termios.Rate(baud) != 0;

    private enum Heard
    {
        Answer,
        Nothing,
        Unclear,
        NoLine,
        Cancelled,
    }

    /// <summary>Asks them all; a cancellation ends it with what was found.</summary>
    /// <param name="addresses">Unit identifiers, 1 to 247 on a serial line.</param>
    /// <param name="step">Called after each question.</param>
    /// <param name="stop">Ends it early.</param>
    public ModbusScanReport Run(IReadOnlyList<int> addresses, Action<ModbusScanStep> step, CancellationToken stop)
    {
        var found = new List<FoundUnit>();
        var silent = new List<int>();
        var unclear = new List<int>();
        var done = 0;
        var heard = Heard.Nothing;
        foreach (var address in addresses)
        {
            if (!Goes(heard = Ask(address, Pdu.ReadHoldingRegisters, _timeout, stop, out var unit)))
                break;
            if (unit is not null)
                found.Add(unit);
            else
                silent.Add(address);
            step(new ModbusScanStep(done += unit is null ? 1 : 2, 2 * addresses.Count, address, unit));
        }

        for (var i = 0; i < silent.Count && Goes(heard); i++)
        {
            var isLate = _channel is RtuChannel && _channel.NotBefore((byte)silent[i]) == TimeSpan.MinValue;
            heard = Ask(silent[i], isLate ? Pdu.ReadHoldingRegisters : Pdu.ReadInputRegisters, isLate ? _timeout * Patience : _timeout, stop, out var unit);
            if (unit is not null)
                found.Add(unit);
            else if (heard == Heard.Unclear)
                unclear.Add(silent[i]);
            if (Goes(heard))
                step(new ModbusScanStep(++done, 2 * addresses.Count, silent[i], unit));
        }

        return new ModbusScanReport([.. found.OrderBy(u => u.Address)], [.. unclear], _counters.Strays, Goes(heard), heard == Heard.NoLine ? Fault() : null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.Dispose();
        _link.Dispose();
    }

    private static bool Goes(Heard heard) => heard is not (Heard.NoLine or Heard.Cancelled);

    private IChannel Open()
    {
        var pause = (_line as ModbusTcpBusOptions)?.PauseAfterConnect ?? TimeSpan.Zero;
        var connection = new Connection(_line.Id, _link, pause, TimeSpan.Zero, _time, new Random(1), _counters, NullLogger.Instance);
        return _line switch
        {
            ModbusRtuBusOptions rtu => new RtuChannel(connection, _link, new LineTiming(rtu.Baud, ModbusBus.TtyByteTimeout), _timeout, rtu.Echo, _time, _counters),
            ModbusRtuOverTcpBusOptions rtu => new RtuChannel(connection, _link, new LineTiming(rtu.Baud, ModbusBus.TcpByteTimeout), _timeout, rtu.Echo, _time, _counters),
            _ => new TcpChannel(connection, _link, _time, 0, 1, _counters, NullLogger.Instance),
        };
    }

    private string Fault() => _link.Fault.Length > 0 || _counters.Read().Connects == 0
        ? _link.Fault
        : "the line never falls silent: another master talks on it, or its two wires are swapped";

    private Heard Ask(int address, int function, TimeSpan timeout, CancellationToken stop, out FoundUnit? unit)
    {
        unit = null;
        if (!Ready((byte)address, stop))
            return stop.IsCancellationRequested ? Heard.Cancelled : Heard.NoLine;

        Requests.Read(_pdu, function, 0, 1);
        var reply = _channel.Exchange(new Request((byte)address, _pdu), false, _time.Monotonic() + timeout, stop);
        switch (reply.Outcome)
        {
            case Outcome.Answered:
            case Outcome.Exception when !reply.Code.IsGateway():
                var answer = reply.Outcome == Outcome.Answered ? Quality.Good : Quality.Bad(reply.Code.ToReason());
                unit = new UnitIntroduction(_channel, _time, _timeout, _profiles).Of((byte)address, _line, function, answer, stop);
                return Heard.Answer;
            case Outcome.Wrong:
                return Heard.Unclear;
            case Outcome.Cancelled:
                return Heard.Cancelled;
            default:
                return Heard.Nothing; // also a peer that hangs up when it is asked for a unit that it does not have
        }
    }

    /// <summary>Opens the line; again, without the bus's growing pauses, when it was lost.</summary>
    private bool Ready(byte unit, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            var state = _channel.Ready(unit, null, stop);
            if (state == ChannelState.Ready)
                return true;
            if (state == ChannelState.Cancelled || tries == ReopenLimit || _counters.Read().Connects == 0)
                return false;
            _link.Wait(ReopenPause, stop);
            _link.Close();
            _channel = Open();
        }
    }
}
