using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>All that a site drives: a writer for each bus that has something to drive, and what came of it.</summary>
public sealed class OutputDrive
{
    private readonly (OutputWriter Writer, int Slot)[] _outputs;
    private readonly (OutputWriter Writer, int Slot)[] _annunciators;
    private readonly DrivenPorts _ports;
    private readonly OutputWriter[] _writers;
    private readonly OutputWriter? _heartbeat;

    /// <param name="site">The checked site.</param>
    /// <param name="ports">Its ports; <see cref="DrivenPorts.None"/> where nothing is driven, as in a replay.</param>
    /// <param name="time">The clock.</param>
    /// <param name="signal">Wakes the station's loop.</param>
    /// <param name="log">The log.</param>
    public OutputDrive(Site site, DrivenPorts ports, TimeProvider time, Action signal, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(ports);
        _ports = ports;
        Reports = new ReportMailbox(site.Outputs.Length, signal);
        var writers = new SortedDictionary<int, OutputWriter>();
        _outputs = [.. ports.Outputs.Select((port, i) => Add(site.Outputs[i].Place.Bus, site.Outputs[i].Id, port, site.Outputs[i].SafeEnergised, i))];
        _annunciators = [.. ports.Annunciators.Select((port, i) => Add(site.Annunciators[i].Place.Bus, site.Annunciators[i].Id, port, false, -1))];
        if (ports.Heartbeat is { } heartbeat)
        {
            _heartbeat = Of(site.Heartbeat!.Place.Bus);
            _heartbeat.SetHeartbeat(heartbeat, site.Heartbeat.Every);
        }

        _writers = [.. writers.Values];

        (OutputWriter, int) Add(int bus, string id, IOutputPort port, bool restsAt, int output) => (Of(bus), Of(bus).Add(id, port, restsAt, output));

        OutputWriter Of(int bus)
        {
            if (!writers.TryGetValue(bus, out var writer))
            {
                writers.Add(bus, writer = new OutputWriter(site.Buses[bus].Id, Life, time, Reports.Post, log));
            }

            return writer;
        }
    }

    /// <summary>The sign of life of the step.</summary>
    public StepLife Life { get; } = new();

    /// <summary>What became of driving.</summary>
    public ReportMailbox Reports { get; }

    /// <summary>The writers, in the order of the buses.</summary>
    public IReadOnlyList<OutputWriter> Writers => _writers;

    /// <summary>An output is to do this from now on.</summary>
    public void Output(int output, bool energised)
    {
        if (output < _outputs.Length)
        {
            _outputs[output].Writer.Set(_outputs[output].Slot, energised);
        }
    }

    /// <summary>Whether the watchdog relay may give the outputs their supply from now on: the heartbeat goes, or stands still.</summary>
    public void Supply(bool may) => _heartbeat?.Supply(may);

    /// <summary>At the end of the process these outputs stay as they are, and no others.</summary>
    public void Leave(IReadOnlyList<int> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        for (var i = 0; i < _outputs.Length; i++)
        {
            _outputs[i].Writer.Leave(_outputs[i].Slot, outputs.Contains(i));
        }
    }

    /// <summary>A lamp or a siren is to be lit or to sound from now on.</summary>
    public void Annunciator(int annunciator, bool on)
    {
        if (annunciator < _annunciators.Length)
        {
            _annunciators[annunciator].Writer.Set(_annunciators[annunciator].Slot, on);
        }
    }

    /// <summary>Why a lamp or a siren has not been driven for <see cref="DriveDebt.Patience"/>; null: it was, or nothing was asked of it.</summary>
    public string? AnnunciatorFault(int annunciator, TimeSpan now) =>
        annunciator < _annunciators.Length ? _annunciators[annunciator].Writer.Fault(_annunciators[annunciator].Slot, now) : null;

    /// <summary>Who drives an output; null where nothing is driven.</summary>
    public OutputWriter? WriterOf(int output) => output < _outputs.Length ? _outputs[output].Writer : null;

    /// <summary>Gives all lines back.</summary>
    public void Release()
    {
        foreach (var port in _ports.Outputs.Concat(_ports.Annunciators))
        {
            port.Dispose();
        }

        _ports.Heartbeat?.Dispose();
    }
}
