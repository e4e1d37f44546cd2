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
    private volatile IOutputLine? _line;

    /// <summary>The line is taken already, by a run before: it goes on with its level. Before the first drive.</summary>
    public void Adopt(IOutputLine line) => _line = line;

    /// <summary>The line once more, for another process; null while it is not taken, or when that fails. From any thread.</summary>
    public IOutputLine? Share() => _line?.Share();

    /// <inheritdoc/>
    public bool? Look(CancellationToken stop) => _line?.Look();

    /// <inheritdoc/>
    /// <remarks>An assumption: a chip that was unplugged is noticed, and comes back, within this time.</remarks>
    public TimeSpan? RefreshEvery => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        var line = _line;
        if (line is null)
        {
            var number = options.Number;
            if (options.Name is { } name && !chip.TryFind(name, out number))
                return Failed(chip.Fault);
            _line = line = chip.OpenOutput(new OutputRequest(number, options.ActiveLow, options.Pull, energised));
            if (line is null)
                return Failed(chip.Fault);
        }

        if (line.TrySet(energised, out var isActive))
            return new OutputResult(true, isActive, "");
        var fault = line.Fault;
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
