using System.Buffers.Binary;
using System.Text;

namespace EdgeNode.VirtualBench.Bridge;

/// <summary>
/// The kernel's /dev/uhid (Documentation/hid/uhid.rst, include/uapi/linux/uhid.h): a program that is an HID device. The kernel asks here
/// for what it would ask on USB.
/// </summary>
internal sealed class UhidDevice(Cp2112 chip) : IDisposable
{
    private const int EventBytes = 4380;

    // Kinds of events.
    private const uint Destroy = 1;
    private const uint OutputReport = 6;
    private const uint GetReport = 9;
    private const uint GetReportReply = 10;
    private const uint Create = 11;
    private const uint InputReport = 12;
    private const uint SetReport = 13;
    private const uint SetReportReply = 14;

    private const ushort Usb = 3; // BUS_USB
    private const ushort NotPossible = 5; // EIO

    private readonly FileStream _file = new("/dev/uhid", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _chip = new();

    /// <summary>Plugs the adapter in: the kernel finds a CP2112 and asks it for its version before it makes a bus of it.</summary>
    public void PlugIn()
    {
        const int descriptorAt = 280;
        var data = new byte[descriptorAt + Cp2112.Descriptor.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(data, Create);
        Encoding.ASCII.GetBytes("CP2112 of the bench", data.AsSpan(4));
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(260), (ushort)Cp2112.Descriptor.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(262), Usb);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(264), 0x10C4); // Silicon Labs
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(268), 0xEA90); // CP2112
        Cp2112.Descriptor.CopyTo(data, descriptorAt);
        Tell(data);
    }

    /// <summary>Pulls it out. Returns when nobody has the bus open any more.</summary>
    public void PullOut()
    {
        var data = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, Destroy);
        Tell(data);
    }

    /// <summary>Takes a chip off the bus behind the adapter, or puts it back.</summary>
    public bool Plug(int address, bool there)
    {
        lock (_chip)
            return chip.Plug(address, there);
    }

    /// <summary>Answers the kernel, as long as the process lives.</summary>
    public void Serve()
    {
        var data = new byte[EventBytes];
        while (_file.Read(data) is var length and >= 4)
            Answer(data.AsSpan(0, length));
    }

    public void Dispose() => _file.Dispose();

    private void Answer(ReadOnlySpan<byte> data)
    {
        switch (BinaryPrimitives.ReadUInt32LittleEndian(data))
        {
            case OutputReport:
                // Data of 4096 bytes, then how many of them count.
                var report = data.Slice(4, Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(data[4100..]), (ushort)4096));
                byte[] answer;
                lock (_chip)
                    answer = chip.Output(report);
                if (answer.Length > 0)
                    Reply(Event(InputReport, [(byte)answer.Length, 0, .. answer]));
                break;
            case GetReport:
                var feature = Cp2112.Feature(data[8]);
                Reply(Event(GetReportReply, [.. data.Slice(4, 4), (byte)(feature.Length == 0 ? NotPossible : 0), 0, (byte)feature.Length, 0, .. feature]));
                break;
            case SetReport:
                Reply(Event(SetReportReply, [.. data.Slice(4, 4), 0, 0]));
                break;
        }
    }

    private static byte[] Event(uint kind, ReadOnlySpan<byte> body)
    {
        var data = new byte[4 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(data, kind);
        body.CopyTo(data.AsSpan(4));
        return data;
    }

    private void Tell(byte[] data) => _file.Write(data);

    /// <summary>The answer of a device that has been pulled out meanwhile is for nobody.</summary>
    private void Reply(byte[] data)
    {
        try
        {
            Tell(data);
        }
        catch (IOException)
        {
        }
    }
}
