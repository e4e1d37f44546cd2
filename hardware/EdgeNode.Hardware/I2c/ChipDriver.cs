using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>How a step of a measurement ended.</summary>
internal enum StepKind
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>Come back after a while.</summary>
    Wait,

    /// <summary>The chip does not hold the configuration that it was given.</summary>
    Lost,

    /// <summary>At this address is another chip.</summary>
    Other,

    /// <summary>The chip says itself that it failed, or never comes to an end.</summary>
    Failed,
}

/// <summary>Outcome of a step.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="After">For <see cref="StepKind.Wait"/>: how long.</param>
internal readonly record struct ChipStep(StepKind Kind, TimeSpan After)
{
    public static ChipStep Done => default;

    public static ChipStep Lost => new(StepKind.Lost, default);

    public static ChipStep Other => new(StepKind.Other, default);

    public static ChipStep Failed => new(StepKind.Failed, default);

    public static ChipStep Wait(double milliseconds) => new(StepKind.Wait, TimeSpan.FromMilliseconds(milliseconds));
}

/// <summary>A measured value in the unit of the driver's quantity.</summary>
internal readonly record struct ChipValue(double Raw, Quality Quality);

/// <summary>
/// A chip's driver: a measurement in steps, none of which waits. Each measurement begins with a look whether the chip still has its
/// configuration, and ends with another one: what was read of a chip that was away in between, or that an adapter reported as read
/// while nothing answered, is thus never taken for a value.
/// </summary>
internal abstract class ChipDriver(I2cChip chip)
{
    /// <summary>Most looks at a chip that is not ready.</summary>
    private const int MostRounds = 250;

    private Stage _stage;
    private int _round;

    private enum Stage
    {
        Configure,
        Start,
        Finish,
    }

    /// <summary>Values of one measurement.</summary>
    public abstract int Count { get; }

    protected I2cChip Chip => chip;

    /// <summary>Does what can be done now. When the chip's outcome is a failure, the returned step means nothing.</summary>
    public ChipStep Step(Span<ChipValue> values)
    {
        chip.Begin();
        while (true)
        {
            var step = _stage switch
            {
                Stage.Configure => Configure(_round),
                Stage.Start => HoldsConfiguration() ? Start() : ChipStep.Lost,
                _ => Finish(values),
            };
            if (chip.Outcome != I2cResult.Done)
                return ChipStep.Failed;
            if (_stage == Stage.Finish && step.Kind == StepKind.Done)
            {
                // An adapter may report silence as success: then this reads 0.
                step = HoldsConfiguration() ? ChipStep.Done : ChipStep.Lost;
                if (chip.Outcome == I2cResult.Done && step.Kind == StepKind.Done)
                    _stage = Stage.Start;
                return chip.Outcome == I2cResult.Done ? step : ChipStep.Failed;
            }

            // A start that waits has started: the wait is that of the conversion.
            var advance = step.Kind == StepKind.Done || (step.Kind == StepKind.Wait && _stage == Stage.Start);
            if (advance)
                (_stage, _round) = (_stage + 1, 0);
            else if (++_round > MostRounds)
                return ChipStep.Failed;
            if (step.Kind != StepKind.Done)
                return step;
        }
    }

    /// <summary>The measurement came to nothing: the next one begins with the configuration.</summary>
    public void Forget() => (_stage, _round) = (Stage.Configure, 0);

    /// <summary>Recognises and configures the chip.</summary>
    /// <param name="round">0 first, and one more each time that it asked for a wait.</param>
    protected abstract ChipStep Configure(int round);

    /// <summary>Reads back what <see cref="Configure"/> or the last <see cref="Start"/> wrote.</summary>
    protected abstract bool HoldsConfiguration();

    /// <summary>Starts a conversion.</summary>
    /// <returns>How long it takes, or Done when there is nothing to wait for.</returns>
    protected abstract ChipStep Start();

    /// <summary>Reads the conversion's values, or asks for more time.</summary>
    protected abstract ChipStep Finish(Span<ChipValue> values);
}
