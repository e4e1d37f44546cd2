using EdgeNode.Hardware;

namespace EdgeNode.Gateway.Hold;

/// <summary>An output that a run took over, and how it stands between it and the keeper.</summary>
/// <param name="held">The output.</param>
/// <param name="until">Monotonic time at which the keeper makes it safe, or a little before: counted from when the run asked for it.</param>
internal sealed class CarriedOutput(HeldOutput held, TimeSpan until)
{
    public HeldOutput Held => held;

    public TimeSpan Until => until;

    /// <summary>Its time was over before this run came, or the site file grants it none any more: it begins safe, as after any other end, and the process that kept it may still be making it safe.</summary>
    public bool BeginsSafe { get; init; }

    public CarriedPort? Port { get; set; }

    /// <summary>What the keeper was told last: <c>normal</c> or <c>safe</c>; empty for nothing.</summary>
    public string Said { get; set; } = "";

    /// <summary>The keeper has given it away and not asked for it since, or is gone.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>It was late: this run has to make it safe.</summary>
    public bool IsLost { get; private set; }

    public void Own()
    {
        IsOwn = true;
        Port?.Own();
    }

    public void Lose()
    {
        (IsOwn, IsLost) = (false, true); // also after it was given away: the keeper waits for the word that it is safe
        Port?.Lose(CarriedOutputs.ByLate);
    }
}
