using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway;

/// <summary>
/// Totals of pulse meters in the state store. A meter changes with each scan, and a card does not live long on that: a total is written
/// at most each <see cref="Pace"/>, and at an orderly stop. So a power cut or a kill may cost the pulses of that time.
/// </summary>
/// <param name="state">Where they are kept.</param>
/// <param name="time">The clock of the pace.</param>
internal sealed class StateTotals(IStateStore state, TimeProvider time) : ITotals
{
    /// <summary>Shortest time between two writes.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    private const string Prefix = "total/";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _changed = new(StringComparer.Ordinal);
    private TimeSpan _due;

    /// <inheritdoc/>
    public bool IsReady => state.IsLoaded;

    /// <inheritdoc/>
    public double? Restore(string key) =>
        state.Get(Prefix + key) is { Length: sizeof(double) } bytes ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : null;

    /// <inheritdoc/>
    public void Keep(string key, double total)
    {
        lock (_gate)
        {
            _changed[key] = total;
        }
    }

    /// <summary>Hands what has changed to the state store when it is due. Belongs to the recorder's thread, before it commits the store.</summary>
    /// <param name="last">At the end: due or not.</param>
    public void Write(bool last)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        lock (_gate)
        {
            var now = time.Monotonic();
            if (_changed.Count == 0 || (now < _due && !last))
            {
                return;
            }

            _due = now + Pace;
            foreach (var (key, total) in _changed)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, total);
                state.Set(Prefix + key, bytes);
            }

            _changed.Clear();
        }
    }
}
