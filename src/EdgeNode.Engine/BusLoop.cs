using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>Scans the devices of one bus when they are due and posts the samples. One thread runs it; a test runs it by hand in virtual time.</summary>
public sealed class BusLoop
{
    /// <summary>Longest wait between two looks at the schedule.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly IFieldBus _bus;
    private readonly ScanSchedule _schedule;
    private readonly SampleMailbox _mailbox;
    private readonly TimeProvider _time;
    private long _scans;
    private long _skipped;
    private long _turns;
    private bool _wanted;
    private bool _quick;

    /// <param name="bus">The bus.</param>
    /// <param name="schedule">Its devices' due times.</param>
    /// <param name="mailbox">Where samples go.</param>
    /// <param name="time">The clock.</param>
    public BusLoop(IFieldBus bus, ScanSchedule schedule, SampleMailbox mailbox, TimeProvider time)
    {
        _bus = bus;
        _schedule = schedule;
        _mailbox = mailbox;
        _time = time;
    }

    /// <summary>The bus.</summary>
    public IFieldBus Bus => _bus;

    /// <summary>Scans done.</summary>
    public long Scans => Volatile.Read(ref _scans);

    /// <summary>Periods skipped.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Times that the loop has come round, with or without a scan: it does so at least every <see cref="LongestWait"/> unless a device or a driver holds it.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Asks for the periods of the emergency mode, or for the usual ones; the next <see cref="RunDue"/> takes them. From any thread.</summary>
    public void Quicken(bool on) => Volatile.Write(ref _wanted, on);

    /// <summary>Goes on with what earlier scans have begun, if that is due, and scans the one device that has been due longest, if any.</summary>
    /// <returns>How long until the next of either is due; zero when it is due already.</returns>
    public TimeSpan RunDue(CancellationToken stop)
    {
        if (Volatile.Read(ref _wanted) != _quick)
        {
            _quick = !_quick;
            _schedule.Quicken(_quick, _time.Monotonic());
        }

        if (_bus.Pending is { } pending && pending <= _time.Monotonic())
        {
            var samples = _mailbox.Rent();
            _bus.Resume(samples, stop);
            Hand(samples);
        }

        if (_schedule.Take(_time.Monotonic()) is { } device)
        {
            var samples = _mailbox.Rent();
            _bus.Scan(device, samples, stop);
            Volatile.Write(ref _scans, _scans + 1);
            Volatile.Write(ref _skipped, _schedule.Skipped);
            Hand(samples);
        }

        Volatile.Write(ref _turns, _turns + 1);
        var due = _schedule.NextDue;
        if (_bus.Pending is { } next && !(due < next))
        {
            due = next;
        }

        var wait = due - _time.Monotonic() ?? LongestWait;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }

    private void Hand(List<RawSample> samples)
    {
        if (samples.Count > 0)
        {
            _mailbox.Post(samples);
        }
        else
        {
            _mailbox.Return(samples);
        }
    }
}
