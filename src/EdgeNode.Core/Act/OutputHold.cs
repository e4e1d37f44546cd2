namespace EdgeNode.Core.Act;

/// <summary>What was kept of an output's own hold when the run before ended. The reset is kept, not the hold: without a record there was none.</summary>
/// <param name="IsHeld">It was held safe.</param>
/// <param name="By">By whom; empty when it was not.</param>
/// <param name="InOrder">The run ended in an orderly way.</param>
public readonly record struct OutputKept(bool IsHeld, string By, bool InOrder);

/// <summary>A hold of its own, beside the trips: the output stays safe until a person resets it.</summary>
/// <param name="isTripped">An armed trip names the output: what becomes of it after a start is the trip's to say.</param>
internal sealed class OutputHold(bool isTripped)
{
    /// <summary>Nothing is known yet of the run before.</summary>
    public const string ByStart = "start: not yet known how the run before left it";

    /// <summary>There is no record of a reset.</summary>
    public const string ByFirstStart = "start: it was never reset";

    /// <summary>The run before did not end in order.</summary>
    public const string ByCrash = "start: the run before did not end in order";

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

    /// <summary>What the run before left; what a person has said in this run goes before it.</summary>
    public void Restore(OutputKept? kept)
    {
        if (_decided)
        {
            return;
        }

        _decided = true;
        By = kept switch
        {
            { IsHeld: true } held => held.By,
            _ when isTripped => "",
            { InOrder: true } => "",
            null => ByFirstStart,
            _ => ByCrash,
        };
    }
}
