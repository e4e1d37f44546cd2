using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Gpio;

/// <summary>Whether a device has its line: found by name, counted, and told once when it changes.</summary>
internal sealed class LineState(string device, LineOptions options, string chip, IGpioChip names, Counters counters, ILogger logger)
{
    private bool? _up;
    private int? _line;

    /// <summary>The line's offset; null when there is none of its name.</summary>
    public int? Find()
    {
        if (_line is null && options.Name is null)
            _line = options.Number;
        else if (_line is null && names.TryFind(options.Name!, out var found))
            _line = found;
        return _line;
    }

    /// <summary>Why <see cref="Find"/> found none.</summary>
    public string NotFound => names.Fault;

    /// <summary>The line gave a value.</summary>
    public void Up()
    {
        counters.Request();
        counters.Reply();
        if (_up == true)
            return;
        counters.Connect();
        counters.LinkUp = true;
        if (_up is false)
            logger.LineUp(device, options.Shown, chip);
        _up = true;
    }

    /// <summary>Edges were dropped since the last scan, after a scan without; told once for a time of losses.</summary>
    public void Lost(long edges, long all) => logger.EdgesLost(device, edges, options.Shown, chip, IEdgeLine.QueueLength, all);

    /// <summary>It did not.</summary>
    public void Down(string fault)
    {
        counters.Request();
        counters.LinkFailure();
        if (_up == false)
            return;
        counters.LinkUp = false;
        logger.LineDown(device, options.Shown, chip, fault);
        (_up, _line) = (false, null);
    }
}
