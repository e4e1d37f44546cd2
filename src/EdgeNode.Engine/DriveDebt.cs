using System.Globalization;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>Since when something is to be driven and has not been. Safe from any thread.</summary>
internal sealed class DriveDebt
{
    /// <summary>
    /// So long nothing is wrong yet: as for an output of which nothing is heard. A lamp that flashes is driven four times a second, and one lost reply is no dead lamp.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private TimeSpan? _since;
    private string _fault = "";

    /// <summary>It is to be driven.</summary>
    public void Owe(TimeSpan now)
    {
        lock (_gate)
        {
            _since ??= now;
        }
    }

    /// <summary>An attempt has come to its end. What is asked for since then is owed anew as soon as it is attempted.</summary>
    public void Take(bool energised, in OutputResult result)
    {
        lock (_gate)
        {
            _fault = !result.Done ? "it cannot be driven: " + result.Fault
                : result.ReadBack == !energised ? "it took its command, and reads back the opposite"
                : "";
            _since = _fault.Length > 0 ? _since : null;
        }
    }

    /// <summary>What is wrong once the patience is over; null: nothing is.</summary>
    public string? Fault(TimeSpan now)
    {
        lock (_gate)
        {
            return !(now - _since >= Patience) ? null
                : _fault.Length > 0 ? _fault
                : string.Create(CultureInfo.InvariantCulture, $"nothing was heard of driving it within {Patience.TotalSeconds:0} s");
        }
    }
}
