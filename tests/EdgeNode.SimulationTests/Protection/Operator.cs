using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Protection.Watch;

namespace EdgeNode.SimulationTests.Protection;

/// <summary>
/// People at the node: every command there is, at random times, most of it sensible and some of it not. They look at nothing: what they do hangs on the seed alone, so
/// that two worlds that differ in what the node says are asked the same.
/// </summary>
/// <param name="world">Where.</param>
/// <param name="random">Their own stream.</param>
internal sealed class Operator(PlantWorld world, Random random)
{
    private static readonly TimeSpan Mean = TimeSpan.FromSeconds(100);

    private static readonly string[] Buttons = ["HS-101", "HS-102", "HS-103", "HS-104"];

    private readonly List<(Func<bool> IsReplied, Action Take)> _waiting = [];

    /// <summary>Commands given, by kind.</summary>
    public SortedDictionary<string, int> Given { get; } = new(StringComparer.Ordinal);

    public void Begin() => world.Later(Mean, 40, Visit);

    /// <summary>Takes the replies that have come with a step.</summary>
    public void TakeReplies()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].IsReplied())
            {
                _waiting[i].Take();
                _waiting.RemoveAt(i--);
            }
        }
    }

    /// <summary>Nobody answers any more.</summary>
    public void Forget() => _waiting.Clear();

    /// <summary>Somebody sees to it that the station runs: resets what can be reset.</summary>
    public void Round()
    {
        for (var trip = 0; trip < world.Site.Trips.Length; trip++)
        {
            Trip(trip, TripAsk.Reset, null);
        }

        for (var output = 0; output < world.Site.Outputs.Length; output++)
        {
            Output(output, false);
        }
    }

    /// <summary>Somebody acknowledges an alarm, beside what the seed has people do.</summary>
    public void Acknowledge(int alarm) => Alarm(alarm, AlarmInput.Acknowledge);

    private void Visit()
    {
        if (random.Next(10) < 4)
        {
            Round();
        }
        else
        {
            Ask(random.Next(20));
        }

        world.Later(TimeSpan.FromSeconds(2 * Mean.TotalSeconds * random.NextDouble()), 40, Visit);
    }

    private void Ask(int kind)
    {
        var (alarm, trip, output) = (random.Next(world.Site.Alarms.Length), random.Next(world.Site.Trips.Length), random.Next(world.Site.Outputs.Length));
        var (minutes, half, member) = (TimeSpan.FromMinutes(random.Next(0, 40)), random.Next(2) == 0, random.Next(3));
        var button = Buttons[random.Next(Buttons.Length)];
        switch (kind)
        {
            case 0 or 1 or 2:
                Alarm(alarm, AlarmInput.Acknowledge);
                break;
            case 3:
                Alarm(alarm, AlarmInput.Reset);
                break;
            case 4 or 5:
                Alarm(alarm, AlarmInput.Shelve, minutes, half);
                break;
            case 6:
                Alarm(alarm, half ? AlarmInput.RemoveFromService : AlarmInput.ReturnToService);
                break;
            case 7:
                Alarm(alarm, AlarmInput.Unshelve);
                break;
            case 8 or 9:
                Bypass(member, half && kind == 9 ? null : minutes);
                break;
            case 10:
                Substitute(member, half ? null : minutes);
                break;
            case 11 or 12:
                Trip(trip, TripAsk.Inhibit, minutes);
                break;
            case 13:
                Trip(trip, half ? TripAsk.EndInhibit : TripAsk.EndTest, null);
                break;
            case 14:
                Trip(trip, TripAsk.Test, minutes / 4);
                break;
            case 15:
                Trip(trip, TripAsk.Trip, null);
                break;
            case 16:
                Output(output, true);
                break;
            case 17:
                Panel(half ? new SilenceCommand(null, "op") : new MaintenanceOnCommand(minutes, "op", "work"));
                break;
            default:
                Press(button, button == "HS-104" ? minutes : TimeSpan.FromSeconds(0.6 + (3 * random.NextDouble())));
                break;
        }
    }

    private void Alarm(int alarm, AlarmInput input, TimeSpan? time = null, bool oneShot = false)
    {
        Count("alarm " + input);
        if (world.Life is not { } life)
        {
            return;
        }

        if (world.LeavesOut.HasFlag(LeaveOut.AlarmCommands))
        {
            life.Wake();
            return;
        }

        var before = world.Watch.AlarmStatus(alarm);
        Post(life.Commands.Post(new AlarmCommand(alarm, input, "op") { Time = time, OneShot = oneShot }), reply =>
            world.Watch.Asked(alarm, input, time, before, reply));
    }

    private void Bypass(int member, TimeSpan? time)
    {
        Count(time is null ? "bypass end" : "bypass");
        Post(world.Life?.Commands.Post(new BypassRequest(0, member, time, "op", "why")), reply => world.Watch.Limits.Asked(HandKind.Bypass, member, reply.Until is null ? null : time));
    }

    private void Substitute(int member, TimeSpan? time)
    {
        Count(time is null ? "substitute end" : "substitute");
        var point = world.Field.Members[member];
        Post(
            world.Life?.Commands.Post(new SubstituteRequest(point, 5, time, "op", "why")),
            reply => world.Watch.Limits.Asked(HandKind.Substitute, point, reply.Until is null ? null : time));
    }

    private void Trip(int trip, TripAsk ask, TimeSpan? time)
    {
        Count("trip " + ask);
        Post(world.Life?.Commands.Post(new TripCommand(trip, ask, "op") { Time = time, Why = "why" }), reply => world.Watch.Asked(trip, ask, time, reply));
    }

    private void Output(int output, bool hold)
    {
        Count(hold ? "output safe" : "output reset");
        Post(world.Life?.Commands.Post(new OutputAsk(output, hold, "op")), reply => world.Watch.Asked(output, hold, reply));
    }

    private void Panel(PanelCommand command)
    {
        Count(command is SilenceCommand ? "silence" : "maintenance");
        if (world.Life is not { } life || (command is SilenceCommand && world.LeavesOut.HasFlag(LeaveOut.AlarmCommands)))
        {
            world.Life?.Wake();
            return;
        }

        Post(life.Commands.Post(command), reply =>
        {
            if (command is MaintenanceOnCommand on && reply.Outcome == PanelOutcome.Done)
            {
                world.Watch.Limits.Asked(HandKind.Maintenance, 0, on.Time);
            }
        });
    }

    private void Press(string button, TimeSpan held)
    {
        Count("button " + button);
        if (world.LeavesOut.HasFlag(LeaveOut.AlarmCommands) && button is "HS-101" or "HS-102")
        {
            return;
        }

        world.Field.Press(button, true);
        world.Watch.Pressed(button);
        world.Later(held, 41, () => world.Field.Press(button, false));
    }

    private void Post<T>(Task<T>? reply, Action<T> take)
    {
        if (reply is not null)
        {
            _waiting.Add((() => reply.IsCompletedSuccessfully, () => take(reply.Result)));
            world.Plants.Hands(world, reply);
        }
    }

    private void Count(string kind)
    {
        Given[kind] = Given.GetValueOrDefault(kind) + 1;
        world.Tell($"operator: {kind}");
    }
}
