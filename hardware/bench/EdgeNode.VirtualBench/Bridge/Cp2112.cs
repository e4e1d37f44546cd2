using System.Buffers.Binary;
using EdgeNode.Simulation.I2c;

namespace EdgeNode.VirtualBench.Bridge;

/// <summary>
/// Silicon Labs CP2112, a USB device of class HID that is an I2C bus, by its interface specification AN495: reports in, reports out.
/// Behind it are chip models. A transfer takes no time; an address without a chip is not acknowledged.
/// </summary>
internal sealed class Cp2112
{
    /// <summary>Most bytes of a read in one report; AN495, table 5.2.</summary>
    private const int MostData = 61;

    private const byte ReadRequest = 0x10;
    private const byte WriteReadRequest = 0x11;
    private const byte ReadForceSend = 0x12;
    private const byte ReadResponse = 0x13;
    private const byte WriteRequest = 0x14;
    private const byte StatusRequest = 0x15;
    private const byte StatusResponse = 0x16;
    private const byte CancelTransfer = 0x17;

    // Status 0 and status 1 of a transfer; AN495, section 5.7.
    private const byte Idle = 0;
    private const byte Complete = 2;
    private const byte Error = 3;
    private const byte NotAcknowledged = 0;
    private const byte Succeeded = 5;

    private readonly Dictionary<int, ISimulatedChip> _chips;
    private readonly HashSet<int> _missing = [];
    private byte[] _read = [];
    private int _sent;
    private (byte State, byte Detail) _status = (Idle, 0);

    /// <param name="chips">Chips, each at its own address.</param>
    public Cp2112(params ReadOnlySpan<ISimulatedChip> chips)
    {
        _chips = [];
        foreach (var chip in chips)
            _chips.Add(chip.Address, chip);
    }

    /// <summary>
    /// Reports by number, with their bytes after it: feature reports, then those to the device, then those from it (AN495, sections 4 and 5).
    /// </summary>
    public static byte[] Descriptor { get; } = Describe();

    /// <summary>Takes a chip off the bus, or puts it back with its supply having been gone.</summary>
    /// <returns>False when there is none of that address.</returns>
    public bool Plug(int address, bool there)
    {
        if (!_chips.TryGetValue(address, out var chip))
            return false;
        if (there && _missing.Remove(address))
            chip.PowerCycle();
        else if (!there)
            _missing.Add(address);
        return true;
    }

    /// <summary>A feature report, its number first; empty for one that there is not.</summary>
    public static byte[] Feature(byte number) => number switch
    {
        0x02 => [number, 0, 0, 0, 0], // GPIO configuration: all inputs
        0x03 => [number, 0], // levels
        0x05 => [number, 0x0C, 0x03], // part number, revision 3: with a repeated start, from revision 2 on
        0x06 => [number, 0, 1, 0x86, 0xA0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0], // 100 kHz, no time-outs
        0x20 => [number, 0xFF], // nothing is locked
        0x21 => [number, 0xC4, 0x10, 0x90, 0xEA, 0x32, 0, 1, 0, 0], // vendor, product, 100 mA, bus-powered
        _ => [],
    };

    /// <summary>Takes a report to the device.</summary>
    /// <returns>The report that answers it, its number first; empty when none does.</returns>
    public byte[] Output(ReadOnlySpan<byte> report)
    {
        switch (report.IsEmpty ? 0 : report[0])
        {
            case ReadRequest when report.Length >= 4:
                Transfer(report[1], default, BinaryPrimitives.ReadUInt16BigEndian(report[2..]));
                break;
            case WriteReadRequest when report.Length >= 5 && report.Length >= 5 + report[4]:
                Transfer(report[1], report.Slice(5, report[4]), BinaryPrimitives.ReadUInt16BigEndian(report[2..]));
                break;
            case WriteRequest when report.Length >= 3 && report.Length >= 3 + report[2]:
                Transfer(report[1], report.Slice(3, report[2]), 0);
                break;
            case StatusRequest:
                var status = new byte[7];
                (status[0], status[1], status[2]) = (StatusResponse, _status.State, _status.Detail);
                BinaryPrimitives.WriteUInt16BigEndian(status.AsSpan(5), (ushort)_read.Length);
                return status;
            case ReadForceSend when report.Length >= 3:
                return Send(BinaryPrimitives.ReadUInt16BigEndian(report[1..]));
            case CancelTransfer:
                (_read, _sent, _status) = ([], 0, (Idle, 0));
                break;
        }

        return [];
    }

    private static byte[] Describe()
    {
        const byte feature = 0xB1, input = 0x81, output = 0x91;
        byte[] bytes = [0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08];
        foreach (var (number, length, kind) in (ReadOnlySpan<(byte, byte, byte)>)
        [
            (0x02, 4, feature), (0x03, 1, feature), (0x04, 2, feature), (0x05, 2, feature), (0x06, 13, feature), (0x20, 1, feature), (0x21, 9, feature),
            (ReadRequest, 3, output), (WriteReadRequest, 20, output), (ReadForceSend, 2, output), (WriteRequest, 63, output),
            (StatusRequest, 1, output), (CancelTransfer, 1, output), (ReadResponse, 63, input), (StatusResponse, 6, input),
        ])
        {
            bytes = [.. bytes, 0x85, number, 0x95, length, 0x09, 0x01, kind, 0x02];
        }

        return [.. bytes, 0xC0];
    }

    /// <param name="address">In the upper seven bits.</param>
    /// <param name="write">Bytes to write first.</param>
    /// <param name="read">Bytes to read then.</param>
    private void Transfer(byte address, ReadOnlySpan<byte> write, int read)
    {
        (_read, _sent) = ([], 0);
        if (_missing.Contains(address >> 1) || !_chips.TryGetValue(address >> 1, out var chip))
        {
            _status = (Error, NotAcknowledged);
            return;
        }

        if (!write.IsEmpty)
            chip.Write(write);
        if (read > 0)
            chip.Read(_read = new byte[read]);
        _status = (Complete, Succeeded);
    }

    private byte[] Send(int wanted)
    {
        var count = Math.Min(Math.Min(wanted, MostData), _read.Length - _sent);
        var report = new byte[3 + MostData];
        (report[0], report[1], report[2]) = (ReadResponse, Complete, (byte)count);
        _read.AsSpan(_sent, count).CopyTo(report.AsSpan(3));
        _sent += count;
        return report;
    }
}
