using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// A contact, read by its level at each scan. A change is believed once the level has held for the debounce time, and is told then, not
/// a period later.
/// </summary>
internal sealed class SwitchInput(SwitchOptions options, IGpioLines lines, TimeProvider time, LineState state) : ILineDevice
{
    private bool _open;
    private bool? _active;
    private TimeSpan? _confirmAt;
    private TimeSpan _agreedAt;

    public TimeSpan? Pending => _confirmAt;

    public long LostEdges => 0;

    public void Scan(List<RawSample> samples)
    {
        var now = time.Monotonic();
        if (!TryRead(out var active))
        {
            samples.Add(new RawSample(options.Point, 0, Quality.Bad(Reason.LinkDown), now));
            return;
        }

        // The first level is taken as it stands: there is none before it that a bounce could have left.
        if (_active is null || options.Line.Debounce == TimeSpan.Zero)
            _active = active;
        if (active == _active)
            (_confirmAt, _agreedAt) = (null, now);
        else
            _confirmAt ??= now + options.Line.Debounce;
        samples.Add(Sample(now));
    }

    public void Resume(List<RawSample> samples)
    {
        var now = time.Monotonic();
        if (_confirmAt is not { } due || due > now)
            return;
        _confirmAt = null;
        if (!TryRead(out var active))
        {
            samples.Add(new RawSample(options.Point, 0, Quality.Bad(Reason.LinkDown), now));
        }
        else if (active != _active)
        {
            _active = active;
            samples.Add(Sample(now) with { OtherUntil = _agreedAt });
        }
        else
        {
            _agreedAt = now;
        }
    }

    public void Dispose()
    {
    }

    private RawSample Sample(TimeSpan at) => new(options.Point, _active == true ? 1 : 0, Quality.Good, at);

    private bool TryRead(out bool active)
    {
        active = false;
        if (state.Find() is { } line)
        {
            _open = _open || lines.TryOpenInput(line, options.Line.Pull);
            if (_open && lines.TryRead(line, out var high))
            {
                active = high != options.Line.ActiveLow;
                state.Up();
                return true;
            }

            state.Down(lines.Fault);
        }
        else
        {
            state.Down(state.NotFound);
        }

        (_open, _active, _confirmAt) = (false, null, null);
        return false;
    }
}
