using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// What the keeper makes of signals, while lines hang on its life. The first one of SIGINT, SIGTERM, SIGQUIT and SIGHUP makes safe what is held; the keeper goes on until that is known. A later one, but
/// for the end of a session, ends it whatever stands. Nothing puts it aside: a process that is stopped keeps its lines as they are.
/// </summary>
internal sealed class HoldSignals : IDisposable
{
    /// <summary>A repeat within this time is the same one: some starters signal the process and then its whole group.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private TimeSpan? _first;

    public HoldSignals() => _registrations =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, Handle)),
        .. new[] { PosixSignal.SIGTSTP, PosixSignal.SIGTTIN, PosixSignal.SIGTTOU }.Select(s => PosixSignalRegistration.Create(s, static context => context.Cancel = true)),
    ];

    /// <summary>Make safe what is held.</summary>
    public CancellationToken GiveUp => _giveUp.Token;

    /// <summary>End, whatever stands.</summary>
    public CancellationToken End => _end.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _giveUp.Dispose();
        _end.Dispose();
    }

    /// <summary>A signal has come.</summary>
    internal void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        bool again;
        lock (_gate)
        {
            var now = TimeProvider.System.Monotonic();
            again = _first is { } first && now - first >= SameSignal;
            _first ??= now;
        }

        try
        {
            // Beside the lock: what the first one has begun may last, and the second one is heard all the same.
            _giveUp.Cancel();
            if (again && context.Signal != PosixSignal.SIGHUP)
            {
                _end.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // It came while the verb was ending: it ends.
        }
    }
}
