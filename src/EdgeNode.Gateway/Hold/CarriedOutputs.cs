using System.Net.Sockets;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway.Hold;

/// <summary>The new run's side of a planned restart: the outputs that it begins with in their normal state, and the word to the keeper of what it makes of each.</summary>
internal sealed class CarriedOutputs : IAsyncDisposable
{
    /// <summary>Who holds an output that had fallen before this run could look after it.</summary>
    public const string ByFall = "restart: it was no longer as the run before left it";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Site _site;
    private readonly Socket? _keeper;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, (HeldOutput Held, TimeSpan Until)> _carried = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _follow = Task.CompletedTask;

    private CarriedOutputs(Site site, Site? before, string data, TimeProvider time, IReadOnlyList<HeldOutput> held, Socket? keeper)
    {
        (_site, _keeper, _path, _time) = (site, keeper, Path.Combine(data, HoldWire.FileName), time);
        var now = time.Monotonic();
        foreach (var one in held)
        {
            var output = site.Outputs.Select(o => o.Id).ToList().IndexOf(one.Id);
            var grant = output < 0 ? TimeSpan.Zero : site.Outputs[output].HoldThroughRestart;
            var left = (one.Left < grant ? one.Left : grant) - HoldWire.Margin;
            if (left > TimeSpan.Zero && SafeDrive.Place(site, site.Outputs[output].Place) == one.Place && site.Outputs[output].SafeEnergised == one.SafeEnergised
                && site.Outputs[output].Place is LineOutput == one.Line is not null && site.Outputs[output].Place == before?.Outputs.FirstOrDefault(o => o.Id == one.Id)?.Place)
            {
                _carried.Add(output, (one, now + left));
            }
            else
            {
                // The site file has it no longer, or elsewhere, or the other way round: it goes safe where it was, and begins safe where it is.
                one.Line?.Dispose();
                Say("refuse", one.Id);
            }
        }
    }

    /// <summary>Takes over what a keeper holds for this data directory.</summary>
    public static async Task<CarriedOutputs> TakeAsync(Site site, string data, TimeProvider time, ILogger log)
    {
        var taken = await HoldClient.TakeAsync(data).ConfigureAwait(false);
        var before = taken is null ? default : await SlowDisk.ReadAsync(() => LastSite.Load(data)).ConfigureAwait(false);
        var carried = new CarriedOutputs(site, before.Value, data, time, taken?.Outputs ?? [], taken?.Keeper);
        if (taken is { Outputs.Count: var count })
        {
            Log.TookOver(log, carried._carried.Count, count);
        }

        return carried;
    }

    /// <summary>The ports with those of the outputs that are carried: a line is taken already, and each is looked at before it is driven.</summary>
    /// <param name="ports">The site's.</param>
    /// <param name="fallen">Called when one is no longer as it was left; it must not wait.</param>
    public DrivenPorts Wrap(DrivenPorts ports, Action<int> fallen)
    {
        var outputs = ports.Outputs.ToBuilder();
        foreach (var (output, (held, _)) in _carried)
        {
            if (held.Line is { } line)
            {
                ((GpioOutput)outputs[output]).Adopt(line);
            }

            outputs[output] = new CarriedPort(outputs[output], !held.SafeEnergised, () => fallen(output));
        }

        return ports with { Outputs = outputs.ToImmutable() };
    }

    /// <summary>Before the engine starts: each begins in its normal state, for the time that is left.</summary>
    public void Carry(GatewayEngine engine)
    {
        foreach (var (output, (_, until)) in _carried)
        {
            engine.Carry(output, until - _time.Monotonic());
        }
    }

    /// <summary>After the engine has started: tells the keeper of each output once the run knows what it makes of it, and the line or device has taken that.</summary>
    public void Follow(IStationState state) => _follow = _keeper is null ? Task.CompletedTask : FollowAsync(state);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _follow.ConfigureAwait(false);
        _keeper?.Dispose();
        _stop.Dispose();
    }

    private async Task FollowAsync(IStationState state)
    {
        var present = new OutputStatus[_site.Outputs.Length];
        var left = _carried.Keys.ToList();
        try
        {
            while (left.Count > 0)
            {
                await Task.Delay(Look, _time, _stop.Token).ConfigureAwait(false);
                state.CopyOutputs(present);
                left.RemoveAll(o => present[o] is { IsCarried: false, Driven: true } && Say(present[o].Safe ? "safe" : "normal", _carried[o].Held.Id));
            }
        }
        catch (OperationCanceledException)
        {
            return; // the keeper sees the end of the connection
        }

        _keeper!.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody listens on it: it says so by itself.
        }
    }

    /// <summary>A keeper that has gone keeps nothing, and need not hear of it.</summary>
    private bool Say(string what, string id)
    {
        try
        {
            _keeper!.Send(Encoding.UTF8.GetBytes($"{what} {id}\n"));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        return true;
    }
}
