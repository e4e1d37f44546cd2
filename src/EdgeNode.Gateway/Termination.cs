using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway;

/// <summary>
/// Turns the first SIGINT or SIGTERM into a cancellation; a later one ends the process at once. A repeat within a second is the same one:
/// some starters signal the process and then its whole group.
/// </summary>
internal sealed class Termination : IDisposable
{
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private TimeSpan? _first;

    public Termination() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>Stops as a signal would.</summary>
    public void Stop() => _source.Cancel();

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        var now = TimeProvider.System.Monotonic();
        _first ??= now;
        context.Cancel = now - _first < SameSignal;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It came while the verb was ending: it ends.
        }
    }
}
