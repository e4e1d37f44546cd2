using System.Runtime.InteropServices;
using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The outputs as those see them who look from another thread; the way of their commands to the writers, of what happens to them to the recorder
/// and the log, and of their holds into the state store. The station's loop writes it.
/// </summary>
internal sealed class OutputBook
{
    /// <summary>Who holds outputs whose writer had to take over.</summary>
    public const string ByWriter = "writer: the step gave no sign of life";

    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly IStateStore? _state;
    private readonly OutputDrive _drive;
    private readonly OutputMemory? _memory;
    private readonly Lock _look = new();
    private readonly OutputStatus[] _present;
    private readonly OutputKept?[] _kept;
    private readonly TimeSpan?[] _heard;
    private readonly List<OutputReport> _reports = [];
    private readonly List<OutputAsk> _asks = [];
    private readonly List<OutputWriter> _takenOver = [];
    private OutputKept?[]? _before;
    private bool _restored;

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose outputs they are.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where outputs are told.</param>
    /// <param name="state">What keeps their holds across a restart; null: nothing does.</param>
    /// <param name="mark">How the run before ended; null without a store.</param>
    /// <param name="drive">Their writers.</param>
    public OutputBook(Site site, Station station, RecorderQueue queue, IStationClock clock, ILogger log, IStateStore? state, RunMark? mark, OutputDrive drive)
    {
        (_site, _station, _queue, _clock, _log, _state, _drive) = (site, station, queue, clock, log, state, drive);
        _memory = state is null ? null : new OutputMemory(site, state, mark!);
        _present = [.. site.Outputs.Select((_, i) => station.Outputs.Status(i))];
        _kept = new OutputKept?[site.Outputs.Length];
        _heard = new TimeSpan?[site.Outputs.Length];
    }

    /// <summary>What became of driving, as the step takes it.</summary>
    public ReadOnlySpan<OutputReport> Reports()
    {
        _reports.Clear();
        _drive.Reports.TakeAll(_reports);
        foreach (var report in _reports)
        {
            _heard[report.Output] = report.At;
        }

        return CollectionsMarshal.AsSpan(_reports);
    }

    /// <summary>What is asked, as the step takes it: by people, and where a writer had to take over.</summary>
    public ReadOnlySpan<OutputAsk> Asks(Asked<OutputAsk, OutputAnswer> asked)
    {
        _asks.Clear();
        _asks.AddRange(asked.Commands);
        _takenOver.Clear();
        _takenOver.AddRange(_drive.Writers.Where(w => w.TookOver));
        for (var i = 0; _takenOver.Count > 0 && i < _site.Outputs.Length; i++)
        {
            if (_drive.WriterOf(i) is { } writer && _takenOver.Contains(writer))
            {
                _asks.Add(new OutputAsk(i, true, ByWriter));
            }
        }

        return CollectionsMarshal.AsSpan(_asks);
    }

    /// <summary>Present state of each. From any thread.</summary>
    public void Copy(Span<OutputStatus> into)
    {
        lock (_look)
        {
            for (var i = 0; i < _present.Length; i++)
            {
                into[i] = _present[i] with { Since = _clock.Correct(_present[i].Since) };
            }
        }
    }

    /// <summary>Takes over what the run before left, once it is known, and durable that this run has begun. Until then every output is held safe.</summary>
    public void Restore()
    {
        if (_restored || _state is { IsLoaded: false })
        {
            return;
        }

        _before ??= _memory?.Begin() ?? new OutputKept?[_site.Outputs.Length];
        if (_memory is { IsBegun: false })
        {
            return;
        }

        _restored = true;
        for (var i = 0; i < _site.Outputs.Length; i++)
        {
            _station.Outputs.Restore(i, _before[i]);
            if (_before[i] is { Trips.Length: > 0 } before && _station.Outputs.Status(i) is { IsHeld: true } status && status.HeldBy != before.By)
            {
                _log.OutputOfLostTrip(_site.Outputs[i].Id, status.HeldBy);
            }
        }
    }

    /// <summary>Takes what a step came to. Commands first: a valve does not wait for what is told of it.</summary>
    public void Take(StepResult result, Asked<OutputAsk, OutputAnswer> asked)
    {
        // Of each output the newest alone: a step that came late may say what was to be in between, and that time is over.
        for (var i = 0; i < result.Outputs.Count; i++)
        {
            var command = result.Outputs[i];
            if (result.Outputs.FindLastIndex(c => c.Output == command.Output) == i)
            {
                _drive.Output(command.Output, command.Energised);
            }
        }

        _drive.Supply(_station.Outputs.MaySupply);
        DriveAnew(asked);
        foreach (var command in result.Annunciators)
        {
            _drive.Annunciator(command.Annunciator, command.Active);
        }

        foreach (var happened in result.OutputEvents)
        {
            _queue.Put(EventBody.Output(_site, happened));
            Tell(happened);
        }

        lock (_look)
        {
            for (var i = 0; i < _present.Length; i++)
            {
                _present[i] = _station.Outputs.Status(i) with { HeardAt = _heard[i] };
            }
        }

        Keep(inOrder: false);
        for (var i = 0; i < asked.Commands.Count; i++)
        {
            asked.Reply(i, result.OutputAnswers[i]);
        }
    }

    /// <summary>The step is over and has given its sign of life: those that took over take its word again. Not before, or they would take over a second time.</summary>
    public void Obey()
    {
        foreach (var writer in _takenOver)
        {
            writer.Obey();
        }

        _takenOver.Clear();
    }

    /// <summary>The run ends in an orderly way: a reset that was given in it counts at the next start. What it never came to decide stays as the run before left it.</summary>
    public void EndInOrder()
    {
        Keep(inOrder: true);
        for (var i = 0; _memory is not null && i < _kept.Length; i++)
        {
            if (_before?[i] is { } before && _station.Outputs.Kept(i) is null)
            {
                _memory.Keep(i, before);
            }
        }
    }

    /// <summary>What a person holds is driven although it is safe already: who asks wants to know what the line or the device says now.</summary>
    private void DriveAnew(Asked<OutputAsk, OutputAnswer> asked)
    {
        foreach (var ask in asked.Commands)
        {
            if (ask.Hold && (uint)ask.Output < (uint)_present.Length)
            {
                _drive.Output(ask.Output, _station.Outputs.Status(ask.Output).Energised);
            }
        }
    }

    private void Keep(bool inOrder)
    {
        for (var i = 0; _memory is not null && i < _kept.Length; i++)
        {
            if (_station.Outputs.Kept(i) is { } kept && (kept with { InOrder = inOrder, Trips = _station.Trips.KeptBy(i) }) is var record && record != _kept[i])
            {
                _kept[i] = record;
                _memory.Keep(i, record);
            }
        }
    }

    private void Tell(in OutputEvent happened)
    {
        var output = _site.Outputs[happened.Output];
        switch (happened.Change)
        {
            case OutputChange.Commanded:
                _log.OutputCommanded(output.Id, output.Word(happened.Energised), happened.Safe ? "its safe state" : "its normal state");
                break;
            case OutputChange.Fault:
                _log.OutputFault(output.Id, happened.Detail!);
                break;
            case OutputChange.FaultGone:
                _log.OutputFaultGone(output.Id);
                break;
            case OutputChange.Held:
                _log.OutputHeld(output.Id, happened.By!);
                break;
            case OutputChange.Released:
                _log.OutputReleased(output.Id, happened.By!);
                break;
            case OutputChange.LeftNormal:
                _log.OutputLeft(output.Id, output.Word(happened.Energised));
                break;
            case OutputChange.Carried:
                _log.OutputCarried(output.Id, output.Word(happened.Energised));
                break;
            case OutputChange.CarryEnded:
                _log.CarryEnded(output.Id, happened.Detail!);
                break;
        }
    }
}
