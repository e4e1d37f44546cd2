using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// A line that is driven. It is taken with its level in one call, and taken anew when it was lost: a chip that was unplugged, or a line
/// that another program had.
/// </summary>
/// <param name="options">The line; active is energised.</param>
/// <param name="chip">The chip; not disposed of with this.</param>
public sealed class GpioOutput(LineOptions options, IGpioChip chip) : IOutputPort
{
    private IOutputLine? _line;

    /// <inheritdoc/>
    /// <remarks>An assumption: a chip that was unplugged is noticed, and comes back, within this time.</remarks>
    public TimeSpan? RefreshEvery => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_line is null)
        {
            var number = options.Number;
            if (options.Name is { } name && !chip.TryFind(name, out number))
                return Failed(chip.Fault);
            _line = chip.OpenOutput(new OutputRequest(number, options.ActiveLow, options.Pull, energised));
            if (_line is null)
                return Failed(chip.Fault);
        }

        if (_line.TrySet(energised, out var isActive))
            return new OutputResult(true, isActive, "");
        var fault = _line.Fault;
        Dispose();
        return Failed(fault);
    }

    /// <summary>Gives the line back.</summary>
    public void Dispose()
    {
        _line?.Dispose();
        _line = null;
    }

    private OutputResult Failed(string fault) => new(false, null, $"line {options.Shown}: {fault}");
}
