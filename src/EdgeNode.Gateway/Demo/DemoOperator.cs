using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Demo;

/// <summary>
/// Who stands at the panel of the demo. At a first start the demo itself resets the trip, as an operator does; later a person does, by the keys
/// <c>a</c> and <c>r</c>, and where no key can be pressed the demo again.
/// </summary>
/// <param name="state">The running station.</param>
/// <param name="hands">What is done with.</param>
/// <param name="keys">Takes a key that was pressed, 0 for none; null: nobody can press one.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoOperator(IStationState state, DemoHands hands, Func<char>? keys, TimeProvider time)
{
    /// <summary>What the operator's line says before anything was done.</summary>
    public const string Waiting = "The station starts for the first time: its trip waits for a reset, and the inlet valve is closed.";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // A refused reset is not tried again at once: each try stands in the audit trail.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _start = time.Monotonic();
    private volatile string _said = Waiting;
    private TimeSpan _tried = TimeSpan.MinValue;
    private bool _started;

    /// <summary>The last thing that was done, and what became of it; may be read from any thread.</summary>
    public string Said => _said;

    /// <summary>Somebody can press a key.</summary>
    public bool HasKeys => keys is not null;

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await LookAsync().ConfigureAwait(false);
            await Task.Delay(Look, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        switch (char.ToLowerInvariant(keys?.Invoke() ?? default))
        {
            case 'a':
                Say("you", (await hands.AcknowledgeAsync().ConfigureAwait(false)).Said);
                break;
            case 'r':
                Say("you", (await hands.ResetAsync().ConfigureAwait(false)).Said);
                break;
        }

        if ((!_started || !HasKeys) && MayBeReset() && time.Monotonic() - Again >= _tried)
        {
            _tried = time.Monotonic();
            await hands.AcknowledgeAsync().ConfigureAwait(false);
            var (outcome, said) = await hands.ResetAsync().ConfigureAwait(false);
            _started |= outcome is "done";
            Say("the demo, for the operator", said);
        }
    }

    private bool MayBeReset()
    {
        var trips = new TripStatus[state.Site.Trips.Length];
        state.CopyTrips(trips);
        _started |= Array.TrueForAll(trips, t => t.State == TripState.Ready);
        return Array.Exists(trips, t => t.SettledAt is { } at && at.ToDateTimeOffset() <= time.GetUtcNow());
    }

    private void Say(string who, string said) => _said = string.Create(CultureInfo.InvariantCulture, $"{(time.Monotonic() - _start).TotalSeconds,6:0.0} s  {who}: {said}");
}
