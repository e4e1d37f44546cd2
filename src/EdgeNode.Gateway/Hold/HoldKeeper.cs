using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Hold;

/// <summary>What became of an output that was held.</summary>
internal enum HoldEnd
{
    /// <summary>It is held.</summary>
    None,

    /// <summary>The new run has it, in its normal state.</summary>
    Normal,

    /// <summary>The new run has it, and has made it safe.</summary>
    SafeByRun,

    /// <summary>The keeper made it safe.</summary>
    Safe,

    /// <summary>The keeper could not make it safe.</summary>
    Failed,
}

/// <summary>An output that is held, and how it ended.</summary>
/// <param name="output">The output.</param>
/// <param name="until">Monotonic end of its time.</param>
internal sealed class KeptOutput(HeldOutput output, TimeSpan until)
{
    public HeldOutput Output => output;

    public TimeSpan Until => until;

    public HoldEnd End { get; set; }

    /// <summary>Monotonic time of the end.</summary>
    public TimeSpan EndedAt { get; set; }

    /// <summary>Why it could not be made safe.</summary>
    public string Fault { get; set; } = "";

    /// <summary>It is being made safe.</summary>
    public bool IsEnding { get; set; }
}

/// <summary>
/// Keeps outputs as they are while no gateway runs, each for the time that the site file grants it, and makes safe what no new run has looked after by then. It is
/// a process of its own, beside the service: no new version of the gateway has to start, and no service manager to act, for a hold to have its end.
/// </summary>
/// <remarks>A hold is handed over once. After that every other end of a run is no planned one, and ends the hold.</remarks>
/// <param name="time">The clock.</param>
/// <param name="registers">Makes outputs of Modbus devices safe, by id; what it says is why one could not be, by id.</param>
internal sealed class HoldKeeper(TimeProvider time, Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, string>>> registers)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<KeptOutput> _outputs = [];
    private bool _handedOver;

    /// <summary>Monotonic time since when.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>All have come to their end.</summary>
    public Task Over => _over.Task;

    /// <summary>All of them; once <see cref="Over"/>, what became of them.</summary>
    public IReadOnlyList<KeptOutput> Outputs => _outputs;

    /// <summary>The time begins.</summary>
    public void Begin(IEnumerable<HeldOutput> outputs)
    {
        lock (_gate)
        {
            Since = time.Monotonic();
            _outputs = [.. outputs.Select(o => new KeptOutput(o, Since + o.Left))];
            LookWhetherOver();
        }
    }

    /// <summary>Makes safe what is due.</summary>
    /// <returns>How long until the next is due; null when none is.</returns>
    public TimeSpan? RunDue()
    {
        var now = time.Monotonic();
        MakeSafe(o => o.Until <= now);
        lock (_gate)
        {
            var left = _outputs.Where(IsHeld).Select(o => o.Until - now).ToList();
            return left.Count == 0 ? null : left.Min();
        }
    }

    /// <summary>A run has ended.</summary>
    /// <param name="planned">In order: it may be the one that asked for the hold.</param>
    /// <returns>Where the outputs are driven that are to be left alone.</returns>
    public IReadOnlyList<string> Ended(bool planned)
    {
        lock (_gate)
        {
            if (planned && !_handedOver)
            {
                return [.. _outputs.Where(IsHeld).Select(o => o.Output.Place)];
            }
        }

        MakeSafe(_ => true);
        return [];
    }

    /// <summary>The new run is there. The lines stay this process's as well, until it has said what it makes of them.</summary>
    /// <returns>What is still held, with the time that is left; nothing for a second run.</returns>
    public IReadOnlyList<HeldOutput> HandOver()
    {
        lock (_gate)
        {
            var now = time.Monotonic();
            var held = _handedOver ? [] : _outputs.Where(o => IsHeld(o) && o.Until > now).Select(o => o.Output with { Left = o.Until - now }).ToList();
            _handedOver = true;
            return held;
        }
    }

    /// <summary>The new run knows what it makes of an output, and drives it.</summary>
    public void Taken(string id, bool normal)
    {
        lock (_gate)
        {
            if (_outputs.Find(o => o.Output.Id == id && IsHeld(o)) is { } output)
            {
                End(output, normal ? HoldEnd.Normal : HoldEnd.SafeByRun);
            }
        }
    }

    /// <summary>The new run does not want an output: it has no such one, or not there.</summary>
    public void Refused(string id) => MakeSafe(o => o.Output.Id == id);

    private static bool IsHeld(KeptOutput output) => output is { End: HoldEnd.None, IsEnding: false };

    private void MakeSafe(Func<KeptOutput, bool> which)
    {
        lock (_gate)
        {
            var due = _outputs.Where(o => IsHeld(o) && which(o)).ToList();
            foreach (var output in due.Where(o => o.Output.Line is not null))
            {
                var safe = output.Output.Line!.TrySet(output.Output.SafeEnergised, out _);
                output.Fault = safe ? "" : output.Output.Line.Fault;
                End(output, safe ? HoldEnd.Safe : HoldEnd.Failed);
            }

            var others = due.Where(o => o.Output.Line is null).ToList();
            if (others.Count > 0)
            {
                others.ForEach(o => o.IsEnding = true);
                _ = DriveAsync(others);
            }
        }
    }

    private async Task DriveAsync(List<KeptOutput> outputs)
    {
        IReadOnlyDictionary<string, string> faults;
        try
        {
            // Beside the lines: those with a later end have theirs, whatever this waits for.
            faults = await Task.Run(() => registers([.. outputs.Select(o => o.Output.Id)])).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it is told: a hold that has no end would be worse.
        catch (Exception e)
#pragma warning restore CA1031
        {
            faults = outputs.ToDictionary(o => o.Output.Id, _ => e.Message);
        }

        lock (_gate)
        {
            foreach (var output in outputs)
            {
                output.Fault = faults.GetValueOrDefault(output.Output.Id) ?? "";
                End(output, output.Fault.Length == 0 ? HoldEnd.Safe : HoldEnd.Failed);
            }
        }
    }

    private void End(KeptOutput output, HoldEnd end)
    {
        (output.End, output.EndedAt) = (end, time.Monotonic());
        output.Output.Line?.Dispose();
        LookWhetherOver();
    }

    private void LookWhetherOver()
    {
        if (_outputs.TrueForAll(o => o.End != HoldEnd.None))
        {
            _over.TrySetResult();
        }
    }
}
