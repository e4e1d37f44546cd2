using System.Net.Sockets;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway.Hold;

/// <summary>The new run's side of a planned restart: the outputs that it begins with in their normal state, and what it and the keeper say to each other of them.</summary>
/// <remarks>An output stays normal past the keeper's time only when the keeper has said <c>yours ID</c> before. What is late, or not answered, is held safe until a person resets it.</remarks>
internal sealed class CarriedOutputs : IAsyncDisposable
{
    /// <summary>Who holds an output that had fallen before this run could look after it.</summary>
    public const string ByFall = "restart: it was no longer as the run before left it";

    /// <summary>Who holds an output that the keeper did not give away in time.</summary>
    public const string ByLate = "restart: its time was over before the process that kept it gave it to this run";

    private const int LongestLine = 4096;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Site _site;
    private readonly string _data;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Socket? _keeper;
    private readonly Action<string> _say;
    private readonly Dictionary<int, CarriedOutput> _carried = [];
    private readonly CancellationTokenSource _stop = new();
    private Action<int, string> _hold = static (_, _) => { };
    private Task _follow = Task.CompletedTask;
    private volatile bool _over;

    /// <param name="site">The site.</param>
    /// <param name="before">The site of the run before; null when it is not known, and then nothing is carried.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="taken">What the keeper handed over; null: there is none.</param>
    public CarriedOutputs(Site site, Site? before, string data, TimeProvider time, ILogger log, TakenOutputs? taken)
    {
        (_site, _data, _time, _log, _keeper) = (site, data, time, log, taken?.Keeper);
        _over = _keeper is null;
        _say = _keeper is null ? static _ => { } : HoldService.Speaker(_keeper);
        foreach (var one in taken?.Outputs ?? [])
        {
            var output = site.Outputs.Select(o => o.Id).ToList().IndexOf(one.Id);
            var grant = output < 0 ? TimeSpan.Zero : site.Outputs[output].HoldThroughRestart;
            var left = one.Left < grant ? one.Left : grant;
            if (output >= 0 && SafeDrive.Place(site, site.Outputs[output].Place) == one.Place && site.Outputs[output].SafeEnergised == one.SafeEnergised
                && site.Outputs[output].Place is LineOutput == one.Line is not null && site.Outputs[output].Place == before?.Outputs.FirstOrDefault(o => o.Id == one.Id)?.Place)
            {
                _carried.Add(output, new CarriedOutput(one, taken!.AskedAt + left) { BeginsSafe = left <= HoldWire.Margin });
                if (grant == TimeSpan.Zero)
                {
                    _say("refuse " + one.Id); // the keeper makes it safe at once, beside this run, and this run waits for its word
                }
            }
            else
            {
                // The site file has it no longer, or elsewhere, or the other way round: it goes safe where it was, and begins safe where it is.
                one.Line?.Dispose();
                _say("refuse " + one.Id);
            }
        }
    }

    /// <summary>Nothing of it is kept by another process any more, and what it left in the data directory is cleared.</summary>
    public bool IsOver => _over;

    /// <summary>Takes over what a keeper holds for this data directory.</summary>
    public static async Task<CarriedOutputs> TakeAsync(Site site, string data, TimeProvider time, ILogger log)
    {
        var taken = await HoldClient.TakeAsync(data, time).ConfigureAwait(false);
        var before = taken is null ? default : await SlowDisk.ReadAsync(() => LastSite.Load(data)).ConfigureAwait(false);
        var carried = new CarriedOutputs(site, before.Value, data, time, log, taken);
        if (taken is { Outputs.Count: var count })
        {
            Log.TookOver(log, carried._carried.Values.Count(c => !c.BeginsSafe), count);
        }
        else
        {
            await carried.LookForUnaccountedAsync().ConfigureAwait(false);
        }

        return carried;
    }

    /// <summary>The ports with those of the outputs that are carried: a line is taken already, and each is looked at before it is driven.</summary>
    /// <param name="ports">The site's.</param>
    /// <param name="hold">Holds an output safe until a person resets it, and says why; it must not wait.</param>
    public DrivenPorts Wrap(DrivenPorts ports, Action<int, string> hold)
    {
        _hold = hold;
        var outputs = ports.Outputs.ToBuilder();
        foreach (var (output, carried) in _carried)
        {
            if (carried.Held.Line is { } line)
            {
                ((GpioOutput)outputs[output]).Adopt(line);
            }

            outputs[output] = carried.Port = new CarriedPort(outputs[output], !carried.Held.SafeEnergised, _time, carried.Until, () => hold(output, ByFall));
        }

        return ports with { Outputs = outputs.ToImmutable() };
    }

    /// <summary>Before the engine starts: each begins in its normal state, for the time that is left. One whose time is over begins safe, as after any other end.</summary>
    public void Carry(GatewayEngine engine)
    {
        foreach (var (output, carried) in _carried.Where(c => !c.Value.BeginsSafe))
        {
            engine.Carry(output, carried.Until - HoldWire.Margin - _time.Monotonic());
        }
    }

    /// <summary>After the engine has started: speaks with the keeper of each output until all that it held has come to an end.</summary>
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
        var lines = new HandsLines(_keeper!, LongestLine);
        var next = lines.ReadAsync(_stop.Token);
        var over = false;
        try
        {
            while (!over)
            {
                if (_carried.Values.All(c => c.IsOwn))
                {
                    await Task.WhenAny(next).ConfigureAwait(false); // what this site file does not have is still the keeper's
                }
                else
                {
                    await Task.WhenAny(next, Task.Delay(Look, _time, _stop.Token)).ConfigureAwait(false);
                }

                _stop.Token.ThrowIfCancellationRequested();
                if (next.IsCompleted)
                {
                    if (await next.ConfigureAwait(false) is not { } line)
                    {
                        break;
                    }

                    over = Hear(Encoding.UTF8.GetString(line.Span).Split(' ', 2));
                    next = lines.ReadAsync(_stop.Token);
                }

                state.CopyOutputs(present);
                foreach (var (output, carried) in _carried)
                {
                    Speak(output, carried, present[output]);
                }
            }
        }
        catch (SocketException)
        {
            // The keeper was killed with something unread.
        }
        catch (OperationCanceledException)
        {
            return; // the keeper sees the end of the connection
        }

        // Nobody but this run drives any more. What the keeper said of each output came before its end.
        foreach (var carried in _carried.Values)
        {
            carried.Own();
        }

        _keeper!.Dispose();
        Clear(HoldWire.FileName);
        if (over)
        {
            Clear(HeldSite.FileName);
        }
        else
        {
            await LookForUnaccountedAsync().ConfigureAwait(false);
        }

        _over = true;
    }

    /// <summary>What is decided is said once; what is late is the keeper's.</summary>
    private void Speak(int output, CarriedOutput carried, in OutputStatus now)
    {
        var at = _time.Monotonic();
        if (carried.Said != "safe" && !now.IsCarried && (now is { Driven: true, Safe: true } || carried is { IsOwn: false, Port.WentSafe: true }))
        {
            Say("safe");
        }
        else if (carried is { IsOwn: false, IsLost: false, BeginsSafe: false } && !now.IsCarried && !now.Safe && carried.Said != "safe")
        {
            var asked = carried.Said == "normal";
            if (at >= carried.Until - (asked ? TimeSpan.Zero : HoldWire.Margin))
            {
                Lose(output, carried);
            }
            else if (now.Driven == true && !asked)
            {
                Say("normal");
            }
        }

        void Say(string what)
        {
            carried.Said = what;
            _say($"{what} {carried.Held.Id}");
        }
    }

    /// <returns>All that was held has come to an end.</returns>
    private bool Hear(string[] words)
    {
        if (words is ["over"])
        {
            return true;
        }

        var (output, carried) = _carried.FirstOrDefault(c => words.Length == 2 && c.Value.Held.Id == words[1]);
        if (carried is not null && words[0] == "yours" && (carried.Said == "safe" || !carried.IsLost))
        {
            carried.Own();
            if (carried.Said == "normal")
            {
                _say("kept " + carried.Held.Id);
            }
        }
        else if (carried is not null && words[0] == "late")
        {
            Lose(output, carried);
        }

        return false;
    }

    private void Lose(int output, CarriedOutput carried)
    {
        if (!carried.IsLost && carried.Said != "safe")
        {
            carried.Lose();
            _hold(output, ByLate);
        }
    }

    private async Task LookForUnaccountedAsync()
    {
        var held = await SlowDisk.ReadAsync(() => HeldSite.Load(_data)).ConfigureAwait(false);
        if (held.Value is not { } site)
        {
            return;
        }

        if (HeldSite.NotIn(site, _site) is { Count: > 0 } open)
        {
            Log.HoldUnaccounted(_log, string.Join(' ', open), Path.Combine(_data, HeldSite.FileName));
        }
        else
        {
            Clear(HeldSite.FileName); // this run drives them all
        }
    }

    private void Clear(string name)
    {
        try
        {
            File.Delete(Path.Combine(_data, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run does it.
        }
    }
}
