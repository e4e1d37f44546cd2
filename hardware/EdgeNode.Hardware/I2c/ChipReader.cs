using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.I2c;

/// <summary>One device of the site file on an I2C bus: its measurement under way, and what becomes of it.</summary>
internal sealed class ChipReader(ChipOptions options, I2cChip chip, string bus, II2cBus wire, TimeProvider time, ILogger logger)
{
    /// <summary>A chip that takes long to fail (a stuck bus, a stretched clock) rests ten times as long, so that it costs the others a tenth at most.</summary>
    private const int RestFactor = 10;

    /// <summary>Failures shorter than this cost nobody anything.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private readonly ChipDriver _driver = ChipCatalog.Make(options, chip);
    private readonly ChipValue[] _values = new ChipValue[options.Points.Length];
    private TimeSpan _restsUntil = TimeSpan.MinValue;
    private bool _down;

    /// <summary>A measurement is under way or waits for its turn.</summary>
    public bool Busy { get; private set; }

    /// <summary>When the measurement goes on.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>Times that the chip was found without its configuration.</summary>
    public long Resets { get; private set; }

    public void Ask() => (Busy, Due) = (true, time.Monotonic());

    /// <summary>Goes on with the measurement.</summary>
    /// <returns>True when it came to its end, with samples.</returns>
    public bool Step(List<RawSample> samples)
    {
        var before = time.Monotonic();
        if (before < _restsUntil)
            return End(samples, Reason.DeviceSuspended, before);

        var step = _driver.Step(_values);
        var now = time.Monotonic();
        if (chip.Outcome != I2cResult.Done)
        {
            if (now - before is var took && took >= Slow)
                _restsUntil = now + (took * RestFactor < LongestRest ? took * RestFactor : LongestRest);
            Down(wire.Fault);
            return End(samples, chip.Outcome == I2cResult.NoBus ? Reason.LinkDown : Reason.Timeout, now);
        }

        switch (step.Kind)
        {
            case StepKind.Wait:
                Due = now + step.After;
                return false;
            case StepKind.Lost:
                Resets++;
                logger.ChipReset(options.Id, options.Driver, Shown, bus);
                return End(samples, Reason.DeviceReset, now);
            case StepKind.Other:
                Down("another chip is there, or none that keeps what is written to it");
                return End(samples, Reason.WrongReply, now);
            case StepKind.Failed:
                Down("it does not come to the end of its conversion");
                return End(samples, Reason.DeviceFailure, now);
        }

        if (_down)
            logger.ChipUp(options.Id, options.Driver, Shown, bus);
        (_down, Busy) = (false, false);
        for (var i = 0; i < _values.Length; i++)
            samples.Add(new RawSample(options.Points[i], _values[i].Quality.IsBad ? 0 : _values[i].Raw, _values[i].Quality, now));
        return true;
    }

    private string Shown => $"0x{chip.Address:X2}";

    private void Down(string fault)
    {
        if (!_down)
            logger.ChipDown(options.Id, options.Driver, Shown, bus, fault);
        _down = true;
    }

    private bool End(List<RawSample> samples, Reason reason, TimeSpan at)
    {
        _driver.Forget();
        Busy = false;
        foreach (var point in options.Points)
            samples.Add(new RawSample(point, 0, Quality.Bad(reason), at));
        return true;
    }
}
