using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>A line that does what the test says, and remembers when it was driven.</summary>
internal sealed class FakePort(TimeProvider time, TimeSpan? refresh = null) : IOutputPort
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan At, bool Energised)> _drives = [];

    /// <summary>Why it fails; empty while it does not.</summary>
    public string Fault { get; set; } = "";

    /// <summary>What it says that it does whatever it is told; null: what it is told.</summary>
    public bool? StuckAt { get; set; }

    /// <summary>What happens elsewhere while it is driven.</summary>
    public Action? During { get; set; }

    /// <summary>What happens elsewhere while it waits for its bus with what can be taken back.</summary>
    public Action? Waiting { get; set; }

    public bool IsDisposed { get; private set; }

    public TimeSpan? RefreshEvery => refresh;

    public IReadOnlyList<(TimeSpan At, bool Energised)> Drives
    {
        get
        {
            lock (_gate)
            {
                return [.. _drives];
            }
        }
    }

    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        lock (_gate)
        {
            _drives.Add((time.Monotonic(), energised));
        }

        During?.Invoke();
        return Fault.Length == 0 ? new OutputResult(true, StuckAt ?? energised, "") : new OutputResult(false, null, Fault);
    }

    public OutputResult Drive(bool energised, Withdrawal? withdrawal, CancellationToken stop)
    {
        if (withdrawal is not null)
            Waiting?.Invoke();
        return withdrawal is { IsDue: true } ? OutputResult.TakenBack : Drive(energised, stop);
    }

    public void Dispose() => IsDisposed = true;
}
