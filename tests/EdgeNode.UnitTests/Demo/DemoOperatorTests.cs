using System.Collections.Concurrent;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Demo;

namespace EdgeNode.UnitTests.Demo;

/// <summary>Who acknowledges and resets in the demo, over the local socket and audited.</summary>
public sealed class DemoOperatorTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_demo_resets_the_first_start_and_a_person_what_comes_later()
    {
        await using var station = new DemoStation();
        var keys = new ConcurrentQueue<char>();
        var person = new DemoOperator(station.Loop, new DemoHands(station.Data), () => keys.TryDequeue(out var key) ? key : default, station.Time);
        using var stop = new CancellationTokenSource();
        var run = person.RunAsync(stop.Token);

        await UntilAsync(station, () => station.Trip == TripState.Ready, 4);
        await UntilAsync(station, () => person.Said.EndsWith("the demo, for the operator: close-inlet: it is ready.", StringComparison.Ordinal), 4);

        await UntilAsync(station, () => station.Trip == TripState.Tripped, 7);
        keys.Enqueue('r');
        await UntilAsync(station, () => person.Said.EndsWith("you: close-inlet: refused, its cause stands: PAHH-101 is true.", StringComparison.Ordinal), 7);
        keys.Enqueue('A');
        await UntilAsync(station, () => person.Said.Contains("you: Acknowledged: PAHH-101, close-inlet.tripped.", StringComparison.Ordinal), 7);

        // Longer than any settle time and than the pause between two tries: nobody but the person resets it.
        station.Go(60, 4, 4, 4);
        await UntilAsync(station, () => station.Trip == TripState.Settling, 4);
        Assert.Contains("you: Acknowledged", person.Said, StringComparison.Ordinal);
        keys.Enqueue('x');
        keys.Enqueue('r');
        await UntilAsync(station, () => station.Trip == TripState.Ready, 4);
        keys.Enqueue('r');
        await UntilAsync(station, () => person.Said.EndsWith("you: There is nothing to reset.", StringComparison.Ordinal), 4);

        await stop.CancelAsync();
        await run;
        Assert.Equal(
            ["trip-reset done", "trip-reset refused", "trip-reset done", "trip-reset nothing"],
            station.Trail.Entries.Where(e => e.What == "trip-reset").Select(e => $"{e.What} {e.Body.GetProperty("outcome").GetString()}"));
    }

    [Fact]
    public async Task Where_no_key_can_be_pressed_the_demo_acknowledges_and_resets_each_time()
    {
        await using var station = new DemoStation();
        var person = new DemoOperator(station.Loop, new DemoHands(station.Data), null, station.Time);
        using var stop = new CancellationTokenSource();
        var run = person.RunAsync(stop.Token);
        for (var time = 0; time < 2; time++)
        {
            await UntilAsync(station, () => station.Trip == TripState.Ready, 4);
            await UntilAsync(station, () => station.Trip == TripState.Tripped, 7);
        }

        await stop.CancelAsync();
        await run;
    }

    private static async Task UntilAsync(DemoStation station, Func<bool> seen, double bar)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!seen())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < Deadline, "It did not come.");
            station.Go(0.5, bar, bar, bar);
            await Task.Delay(5);
        }
    }
}
