namespace EdgeNode.Core.Act;

/// <summary>What was kept of an output's own hold when the run before ended. The reset is kept, not the hold: without a record there was none.</summary>
/// <param name="IsHeld">It was held safe.</param>
/// <param name="By">By whom; empty when it was not.</param>
/// <param name="InOrder">The run ended in an orderly way.</param>
public readonly record struct OutputKept(bool IsHeld, string By, bool InOrder)
{
    /// <summary>The ids of the trips that kept it safe and had not given it back, with commas; empty for none.</summary>
    public string Trips { get; init; } = "";
}

/// <summary>A hold of its own, beside the trips: the output stays safe until a person resets it.</summary>
/// <param name="trips">The ids of the armed trips that name the output: what becomes of it after a start is theirs to say.</param>
internal sealed class OutputHold(string[] trips)
{
    /// <summary>Nothing is known yet of the run before.</summary>
    public const string ByStart = "start: not yet known how the run before left it";

    /// <summary>There is no record of a reset.</summary>
    public const string ByFirstStart = "start: it was never reset";

    /// <summary>The run before did not end in order.</summary>
    public const string ByCrash = "start: the run before did not end in order";

    /// <summary>What is said of trips that kept it safe, and are no armed trips of it any more; their ids come before it.</summary>
    public const string ByLostTrip = ": tripped when the run before ended, and by the site file it no longer acts here";

    private bool _decided;

    /// <summary>Who or what holds it; empty while nothing does.</summary>
    public string By { get; private set; } = ByStart;

    /// <summary>It is held safe.</summary>
    public bool IsOn => By.Length > 0;

    /// <summary>It is known how the run before left it, or a person has said since how it is to be.</summary>
    public bool IsDecided => _decided;

    /// <summary>A person, or the node itself, asks for it or resets it.</summary>
    public OutputAnswer Ask(in OutputAsk ask)
    {
        var same = _decided && ask.Hold == IsOn;
        _decided = true;
        if (same)
        {
            return OutputAnswer.Nothing;
        }

        By = ask.Hold ? ask.By : "";
        return OutputAnswer.Done;
    }

    /// <summary>
    /// What the run before left; what a person has said in this run goes before it. A trip that kept it safe, and that the site file has removed since, renamed, moved or put into shadow mode,
    /// cannot be reset any more: then a person resets the output.
    /// </summary>
    public void Restore(OutputKept? kept)
    {
        if (_decided)
        {
            return;
        }

        _decided = true;
        var lost = kept is { Trips.Length: > 0 } record ? string.Join(", ", record.Trips.Split(',').Except(trips)) : "";
        var by = kept is { IsHeld: true } held ? held.By : "";
        By = kept switch
        {
            _ when lost.Length > 0 => $"trip {lost}{ByLostTrip}{(by.Length > 0 ? "; and by " : "")}{by}",
            { IsHeld: true } => by,
            _ when trips.Length > 0 => "",
            { InOrder: true } => "",
            null => ByFirstStart,
            _ => ByCrash,
        };
    }
}
