namespace EdgeNode.Simulation.Modbus;

/// <summary>One simulated device behind a server: its unit identifier, its registers, its present fault.</summary>
/// <param name="address">Unit identifier, 0 to 255.</param>
/// <param name="bank">Its registers; the model writes them, the server reads them.</param>
public sealed class FieldUnit(byte address, RegisterBank bank)
{
    private volatile FieldFault? _fault;

    /// <summary>Unit identifier.</summary>
    public byte Address { get; } = address;

    /// <summary>Its registers.</summary>
    public RegisterBank Bank { get; } = bank;

    /// <summary>What is wrong with it; null when healthy. May be set from any thread and holds from the next request on.</summary>
    public FieldFault? Fault
    {
        get => _fault;
        set
        {
            Bank.Hold(value?.Kind == FieldFaultKind.Stuck);
            _fault = value;
        }
    }
}
