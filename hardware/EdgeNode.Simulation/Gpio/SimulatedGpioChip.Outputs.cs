using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Simulation.Gpio;

public sealed partial class SimulatedGpioChip
{
    /// <summary>By line: all that have it, as the kernel counts the copies of a line's file.</summary>
    private readonly Dictionary<int, List<SimulatedOutput>> _outputs = [];

    /// <summary>What becomes of a line that is given back.</summary>
    public ReleaseRule OnRelease { get; init; }

    /// <summary>Called with each level that an output line is given, under the chip's lock: what a valve behind it would see.</summary>
    public Action<int, bool>? Driven { get; init; }

    /// <summary>The electrical level of a line, whoever drives it.</summary>
    public bool Level(int line)
    {
        lock (_gate)
        {
            Settle();
            return Line(line).High;
        }
    }

    /// <summary>A program drives the line.</summary>
    public bool IsDriven(int line)
    {
        lock (_gate)
        {
            return _outputs.ContainsKey(line);
        }
    }

    /// <summary>The program that drives ends without a word, as by kill -9: the kernel gives its lines back, but for those that another program has as well.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            Release(output => !output.IsShare);
        }
    }

    /// <inheritdoc/>
    public IOutputLine? OpenOutput(OutputRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            if (!Reach(request.Line))
            {
                return null;
            }

            if (_open.Contains(request.Line) || _outputs.ContainsKey(request.Line))
            {
                Fault = "Device or resource busy";
                return null;
            }

            var output = new SimulatedOutput(request, this);
            _outputs.Add(request.Line, [output]);
            SetLevel(request.Line, request.Active != request.ActiveLow);
            return output;
        }
    }

    internal string Drive(SimulatedOutput output, bool active, out bool? isActive)
    {
        var (line, activeLow) = (output.Request.Line, output.Request.ActiveLow);
        isActive = null;
        lock (_gate)
        {
            if (Unplugged || !Has(output))
            {
                return "No such device";
            }

            SetLevel(line, active != activeLow);
            isActive = Line(line).High != activeLow;
            return "";
        }
    }

    internal bool? Look(SimulatedOutput output)
    {
        lock (_gate)
        {
            return Has(output) ? Line(output.Request.Line).High != output.Request.ActiveLow : null;
        }
    }

    internal SimulatedOutput? Share(SimulatedOutput output)
    {
        lock (_gate)
        {
            if (!Has(output))
            {
                return null;
            }

            var share = new SimulatedOutput(output.Request, this) { IsShare = true };
            _outputs[output.Request.Line].Add(share);
            return share;
        }
    }

    internal void Release(SimulatedOutput output)
    {
        lock (_gate)
        {
            if (Has(output))
            {
                Free(output);
            }
        }
    }

    private bool Has(SimulatedOutput output) => _outputs.TryGetValue(output.Request.Line, out var all) && all.Contains(output);

    private void Release(Func<SimulatedOutput, bool> which)
    {
        foreach (var output in _outputs.Values.SelectMany(all => all).Where(which).ToList())
        {
            Free(output);
        }
    }

    private void Free(SimulatedOutput output)
    {
        _outputs[output.Request.Line].Remove(output);
        if (_outputs[output.Request.Line].Count > 0)
        {
            return;
        }

        _outputs.Remove(output.Request.Line);
        if (OnRelease == ReleaseRule.Reverts)
        {
            // Without a resistor inside the chip the one on the board decides: down, as a rule.
            SetLevel(output.Request.Line, output.Request.Pull == LinePull.Up);
        }
    }

    private void SetLevel(int line, bool high)
    {
        var its = Line(line);
        its.Drive(high, time.Monotonic());
        its.Settle(time.Monotonic());
        Driven?.Invoke(line, high);
    }
}
