using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// A coil or register that is driven. A write goes before all polls of its bus, and only where the device grants it; then the same coil or
/// register is read back, where the device lets it be read.
/// </summary>
/// <param name="bus">The bus; not disposed of with this.</param>
/// <param name="place">The coil or register.</param>
/// <param name="device">Its device.</param>
internal sealed class RegisterOutputPort(ModbusBus bus, RegisterOutput place, ModbusDeviceOptions device) : IOutputPort
{
    /// <summary>Without a watchdog of the device a power failure of it is noticed, and what it lost written anew, within this time; an assumption.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    /// <remarks>A third of the device's own watchdog: two writes may be lost.</remarks>
    public TimeSpan? RefreshEvery => place.DeviceWatchdog is { } watchdog && watchdog / 3 < LookEvery ? watchdog / 3 : LookEvery;

    /// <inheritdoc/>
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        var result = Drive(energised, null, overtakes: false, stop);
        return result.IsUnread ? result with { ReadBack = Is(energised, Read(null, stop)), IsUnread = false } : result;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// One that is taken back while it is under way is finished. One that nothing takes back goes to where the output rests, and waits for no reply that its device owes. One that leaves its rest
    /// does: so no older confirmation of the level at rest is on its way when that is written again.
    /// </remarks>
    public OutputResult Drive(bool energised, Withdrawal? withdrawal, CancellationToken stop) => Drive(energised, withdrawal, overtakes: withdrawal is null, stop);

    /// <inheritdoc/>
    public bool? ReadBack(bool energised, Withdrawal withdrawal, CancellationToken stop) => Is(energised, Read(withdrawal, stop));

    /// <inheritdoc/>
    public IDisposable Reserve() => bus.Reserve();

    /// <inheritdoc/>
    public bool? Look(CancellationToken stop) => Read(null, stop) is not { } read ? null
        : read == (place.WhenEnergised & ushort.MaxValue) ? true
        : read == (place.WhenDeEnergised & ushort.MaxValue) ? false
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private OutputResult Drive(bool energised, Withdrawal? withdrawal, bool overtakes, CancellationToken stop)
    {
        var value = energised ? place.WhenEnergised : place.WhenDeEnergised;
        var result = bus.Write(new FieldWrite(place.Device, place.Function, place.Register, [value]) { IsToldByCaller = true, Withdrawal = withdrawal, Overtakes = overtakes }, stop);
        return result.Outcome switch
        {
            FieldWriteOutcome.Done => new OutputResult(true, null, "") { IsUnread = true },
            FieldWriteOutcome.NotSent when withdrawal is { IsDue: true } => OutputResult.TakenBack,
            _ => new OutputResult(false, null, $"{device.Id}: {result.Detail}"),
        };
    }

    /// <summary>What is neither of both values is not what was asked for.</summary>
    private bool? Is(bool energised, int? read) =>
        read is null ? null : read == ((energised ? place.WhenEnergised : place.WhenDeEnergised) & ushort.MaxValue) ? energised : !energised;

    private int? Read(Withdrawal? withdrawal, CancellationToken stop)
    {
        var function = place.Function == Pdu.WriteCoil ? Pdu.ReadCoils : Pdu.ReadHoldingRegisters;
        Span<byte> pdu = stackalloc byte[Requests.ReadLength];
        Requests.Read(pdu, function, place.Register, 1);
        if (!bus.Inquiry.Ask(new Request((byte)device.Address, pdu), device.Timeout, withdrawal, stop, out var data).IsGood)
            return null;
        return function == Pdu.ReadCoils ? data[0] & 1 : BinaryPrimitives.ReadUInt16BigEndian(data);
    }
}
