using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// Keeps outputs as they are while no gateway runs, each for the time that the site file grants it, and makes safe what no new run has looked after by then. It is
/// a process of its own, beside the service: no new version of the gateway has to start, and no service manager to act, for a hold to have its end.
/// </summary>
/// <remarks>
/// <para>A hold is handed over once. After that every other end of a run is no planned one, and ends the hold.</para>
/// <para>The keeper decides who has an output. A run that is on its way out leaves it until it is told <c>safe ID</c>; a new run may drive it normal after its time only once it was told
/// <c>yours ID</c>. An output is safe for the keeper when an attempt of its own succeeded that began while no run was there to drive it otherwise, or when the new run says that it has driven it safe.</para>
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="registers">Makes outputs of Modbus devices safe, by id; what it says is why one could not be, by id.</param>
internal sealed class HoldKeeper(TimeProvider time, Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, string>>> registers)
{
    /// <summary>Between two attempts to make an output safe; the longest pause of the gateway's own writer.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<KeptOutput> _outputs = [];
    private Action<string>? _before;
    private Action<string>? _after;
    private bool _handedOver;

    /// <summary>Told when an output is not known to be safe, and when the reason changes. It must not wait.</summary>
    public Action<KeptOutput>? Stands { get; init; }

    /// <summary>Monotonic time since when.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>All have come to their end.</summary>
    public Task Over => _over.Task;

    /// <summary>Nothing was handed over: the run goes on.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>All of them; once <see cref="Over"/>, what became of them.</summary>
    public IReadOnlyList<KeptOutput> Outputs => _outputs;

    /// <summary>The time begins.</summary>
    /// <param name="outputs">What is held.</param>
    /// <param name="before">Speaks to the run that hands over, until <see cref="BeforeEnded"/>; null: it is gone.</param>
    public void Begin(IEnumerable<HeldOutput> outputs, Action<string>? before = null)
    {
        lock (_gate)
        {
            (Since, _before) = (time.Monotonic(), before);
            _outputs = [.. outputs.Select(o => new KeptOutput(o, Since + o.Left))];
            LookWhetherOver();
        }
    }

    /// <summary>Makes safe what is due.</summary>
    /// <returns>How long until the next is due; null when none is.</returns>
    public TimeSpan? RunDue()
    {
        lock (_gate)
        {
            var now = time.Monotonic();
            Due(o => !o.IsGiven && o.Until <= now);
            Drive(o => o.Next <= now);
            var left = _outputs.Where(o => o.End == HoldEnd.None && !o.IsDriving && !(o.IsHeld && o.IsGiven)).Select(o => (o.IsEnding ? o.Next : o.Until) - now).ToList();
            return left.Count == 0 ? null : left.Min();
        }
    }

    /// <summary>A run has ended, by what its clean-up says; or a person asks for safe outputs.</summary>
    /// <param name="planned">In order: it may be the one that asked for the hold.</param>
    /// <returns>Where the outputs are driven that are to be left alone, and the ids of those whose hold ends by this.</returns>
    public (IReadOnlyList<string> Left, IReadOnlyList<string> Ended) Ended(bool planned)
    {
        lock (_gate)
        {
            return planned && !_handedOver ? (Held(), []) : MakeSafe(_ => true);
        }
    }

    /// <summary>A person asks for some outputs to be safe; the others stay held.</summary>
    /// <param name="places">Where they are driven.</param>
    /// <returns>As of <see cref="Ended"/>.</returns>
    public (IReadOnlyList<string> Left, IReadOnlyList<string> Ended) EndOf(IReadOnlyCollection<string> places)
    {
        lock (_gate)
        {
            return MakeSafe(o => places.Contains(o.Output.Place));
        }
    }

    /// <summary>The run that was to hand over goes on: it did not hear in time that this process holds them. It drives them, and nobody else may.</summary>
    public void Withdrawn()
    {
        lock (_gate)
        {
            (_before, IsWithdrawn) = (null, true);
            foreach (var output in _outputs.Where(o => o.End == HoldEnd.None).ToList())
            {
                End(output, HoldEnd.Withdrawn);
            }
        }
    }

    /// <summary>The run that handed over is gone.</summary>
    /// <param name="inOrder">It said so itself as its last word; without that it was killed or has failed.</param>
    public void BeforeEnded(bool inOrder)
    {
        lock (_gate)
        {
            _before = null;
            if (!inOrder)
            {
                Due(_ => true);
            }

            Drive(_ => true); // what was driven beside it is driven once more, now that nobody else does
        }
    }

    /// <summary>The new run is there. The lines stay this process's as well, until it has said what it makes of them.</summary>
    /// <param name="after">Speaks to it, until <see cref="AfterEnded"/>.</param>
    /// <returns>
    /// What has not come to its end, with the time that is left. Of what is being made safe that is none: the run begins with it safe, and must not drive it otherwise before this process has let go of it.
    /// A second run is given nothing else.
    /// </returns>
    public IReadOnlyList<HeldOutput> HandOver(Action<string>? after = null)
    {
        lock (_gate)
        {
            var now = time.Monotonic();
            Due(o => !o.IsGiven && o.Until <= now);
            var held = _after is not null ? [] : _outputs.Where(o => o.End == HoldEnd.None && (o.IsEnding || !_handedOver)).Select(o => o.Output with { Left = o.IsEnding ? TimeSpan.Zero : o.Until - now }).ToList();
            _handedOver = true;
            _after = held.Count > 0 ? after : _after;
            return held;
        }
    }

    /// <summary>The new run knows that an output may stay normal, and drives it so: it asks for it. In time it is its own from now on; later it is told that it is late.</summary>
    public void Asked(string id)
    {
        lock (_gate)
        {
            if (Of(id) is { IsHeld: true, IsGiven: false } output && output.Until > time.Monotonic())
            {
                output.IsGiven = true;
                _after?.Invoke("yours " + id);
            }
            else if (Of(id) is { IsEnding: true })
            {
                _after?.Invoke("late " + id);
            }
        }
    }

    /// <summary>The new run has heard that an output is its own, and keeps it normal.</summary>
    public void Kept(string id)
    {
        lock (_gate)
        {
            if (Of(id) is { IsHeld: true, IsGiven: true } output)
            {
                End(output, HoldEnd.Normal);
            }
        }
    }

    /// <summary>The new run has driven an output safe.</summary>
    public void SafeByRun(string id)
    {
        lock (_gate)
        {
            if (Of(id) is { } output)
            {
                (output.IsEnding, output.IsSafeByRun) = (true, true);
                if (!output.IsDriving)
                {
                    End(output, HoldEnd.SafeByRun);
                }
            }
            else if (_outputs.Exists(o => o.Output.Id == id && o.End == HoldEnd.Safe))
            {
                _after?.Invoke("yours " + id); // an attempt that began before that run was there has come to its end meanwhile
            }
        }
    }

    /// <summary>The new run does not keep an output in its normal state: it has no such one, or not there, or no hold is granted to it any more.</summary>
    public void Refused(string id)
    {
        lock (_gate)
        {
            if (Of(id) is { } output)
            {
                output.IsRefused = true;
                MakeSafe(o => o == output);
            }
        }
    }

    /// <summary>The new run is gone before all was decided: nobody looks after what it had.</summary>
    public void AfterEnded()
    {
        lock (_gate)
        {
            _after = null;
            MakeSafe(_ => true);
        }
    }

    /// <summary>A person ends the keeper, whatever stands.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            foreach (var output in _outputs.Where(o => o.End == HoldEnd.None).ToList())
            {
                output.Fault = output.Fault.Length > 0 ? output.Fault : "no attempt came to its end";
                output.UnsafeSince ??= time.GetUtcNow();
                End(output, HoldEnd.Failed);
            }
        }
    }

    private KeptOutput? Of(string id) => _outputs.Find(o => o.Output.Id == id && o.End == HoldEnd.None);

    private List<string> Held() => [.. _outputs.Where(o => o.IsHeld).Select(o => o.Output.Place)];

    private (IReadOnlyList<string> Left, IReadOnlyList<string> Ended) MakeSafe(Predicate<KeptOutput> which)
    {
        var ended = _outputs.Where(o => o.IsHeld && which(o)).Select(o => o.Output.Id).ToList();
        Due(which);
        Drive(o => which(o));
        return (Held(), ended);
    }

    /// <summary>These are to be safe from now on, and whoever else may drive them is told.</summary>
    private void Due(Predicate<KeptOutput> which)
    {
        foreach (var output in _outputs.Where(o => o.IsHeld && which(o)))
        {
            (output.IsEnding, output.IsGiven, output.Next) = (true, false, time.Monotonic());
            _before?.Invoke("safe " + output.Output.Id);
            if (!output.IsRefused)
            {
                _after?.Invoke("late " + output.Output.Id);
            }
        }
    }

    private void Drive(Predicate<KeptOutput> which)
    {
        var due = _outputs.Where(o => o is { End: HoldEnd.None, IsEnding: true, IsDriving: false } && which(o)).ToList();
        foreach (var output in due.Where(o => o.Output.Line is not null))
        {
            Attempted(output, output.Output.Line!.TrySet(output.Output.SafeEnergised, out _) ? "" : output.Output.Line.Fault, IsAlone(output));
        }

        var others = due.Where(o => o.Output.Line is null).Select(o => (Output: o, Alone: IsAlone(o))).ToList();
        if (others.Count > 0)
        {
            others.ForEach(o => o.Output.IsDriving = true);
            _ = DriveAsync(others);
        }
    }

    private async Task DriveAsync(List<(KeptOutput Output, bool Alone)> outputs)
    {
        IReadOnlyDictionary<string, string> faults;
        try
        {
            // Beside the lines: those with a later end have theirs, whatever this waits for.
            faults = await Task.Run(() => registers([.. outputs.Select(o => o.Output.Output.Id)])).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it is told, and tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            faults = outputs.ToDictionary(o => o.Output.Output.Id, _ => e.Message);
        }

        lock (_gate)
        {
            foreach (var (output, alone) in outputs)
            {
                output.IsDriving = false;
                Attempted(output, faults.GetValueOrDefault(output.Output.Id) ?? "", alone);
            }

            // Whoever was there beside an attempt, and has gone meanwhile: it counts only from now on.
            Drive(o => outputs.Exists(x => x.Output == o && !x.Alone) && IsAlone(o));
        }
    }

    /// <summary>Nobody else is there to drive it otherwise.</summary>
    private bool IsAlone(KeptOutput output) => _before is null && (_after is null || output.IsRefused);

    private void Attempted(KeptOutput output, string fault, bool alone)
    {
        if (output.End != HoldEnd.None)
        {
            return; // a person has ended it meanwhile
        }

        output.Attempts++;
        output.Next = time.Monotonic() + Again;
        if (output.IsSafeByRun)
        {
            End(output, HoldEnd.SafeByRun);
        }
        else if (fault.Length == 0 && alone)
        {
            End(output, HoldEnd.Safe);
        }
        else
        {
            var why = fault.Length > 0 ? fault
                : _before is not null ? "it took that, but the run before has not ended, and may drive it otherwise"
                : "it took that, but the new run has not said that it leaves it so";
            var tell = why != output.Fault && (fault.Length > 0 || output.Attempts > 1); // a run that is there says so in milliseconds
            output.UnsafeSince ??= time.GetUtcNow();
            output.Fault = fault.Length > 0 || output.Attempts > 1 ? why : "";
            if (tell)
            {
                Stands?.Invoke(output);
            }
        }
    }

    private void End(KeptOutput output, HoldEnd end)
    {
        (output.End, output.EndedAt) = (end, time.Monotonic());
        output.Output.Line?.Dispose();
        if (end is HoldEnd.SafeByRun)
        {
            _after?.Invoke("yours " + output.Output.Id);
        }

        LookWhetherOver();
    }

    private void LookWhetherOver()
    {
        if (!_outputs.TrueForAll(o => o.End != HoldEnd.None))
        {
            return;
        }

        if (_outputs.TrueForAll(o => o.End != HoldEnd.Failed))
        {
            _after?.Invoke("over");
        }

        _over.TrySetResult();
    }
}
