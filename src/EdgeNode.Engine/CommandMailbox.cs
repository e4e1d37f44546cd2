using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.Engine;

/// <summary>What became of what a person asked of an alarm.</summary>
/// <param name="Answer">Done, nothing to do, or refused.</param>
/// <param name="State">The alarm's state since then.</param>
public readonly record struct AlarmReply(AlarmAnswer Answer, AlarmState State);

/// <summary>What became of what a person asked of the emergency mode.</summary>
/// <param name="Answer">Done, nothing to do, or not in the site file.</param>
/// <param name="Status">How the mode stands since then.</param>
public readonly record struct EmergencyReply(EmergencyAnswer Answer, EmergencyStatus Status);

/// <summary>A person asks for a bypass of a member of a group, or for its end.</summary>
/// <param name="Group">Index into <see cref="Site.Groups"/>.</param>
/// <param name="Member">Position in the group.</param>
/// <param name="For">How long from the step that takes it; null ends it.</param>
/// <param name="By">Who asks.</param>
/// <param name="Why">The reason given.</param>
public readonly record struct BypassRequest(int Group, int Member, TimeSpan? For, string By, string Why);

/// <summary>What became of it.</summary>
/// <param name="Outcome">Granted, ended, or refused for a reason.</param>
/// <param name="Until">Of one that was granted: when it ends by itself.</param>
public readonly record struct BypassReply(BypassOutcome Outcome, SourceTime? Until);

/// <summary>A person asks for a value in place of a point's readings, or for its end.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Value">In the point's unit; of an end it means nothing.</param>
/// <param name="For">How long from the step that takes it; null ends it.</param>
/// <param name="By">Who asks.</param>
/// <param name="Why">The reason given.</param>
public readonly record struct SubstituteRequest(int Point, double Value, TimeSpan? For, string By, string Why);

/// <summary>What became of it.</summary>
/// <param name="Outcome">Granted, ended, or refused for a reason.</param>
/// <param name="Until">Of one that was granted: when it ends by itself.</param>
public readonly record struct SubstituteReply(SubstituteOutcome Outcome, SourceTime? Until);

/// <summary>
/// Hands what people ask to the station's loop, which takes it into its next step. Bounded: at the limit the next one is
/// refused at once, so that a program gone wild at the socket costs the step nothing.
/// </summary>
/// <remarks>A further kind is a list in <see cref="StepCommands"/> and a <c>Post</c> here; the loop hands it to the step and replies.</remarks>
/// <param name="signal">Called after each post, from the posting thread.</param>
public sealed class CommandMailbox(Action signal)
{
    /// <summary>Most commands of all kinds that wait for one step.</summary>
    public const int Limit = 64;

    private readonly Lock _gate = new();
    private StepCommands _waiting = new();

    /// <summary>Posts what is asked of an alarm.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<AlarmReply>? Post(in AlarmCommand command) => Post(static waiting => waiting.Alarms, command);

    /// <summary>Posts what is asked of the emergency mode.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<EmergencyReply>? Post(in EmergencyCommand command) => Post(static waiting => waiting.Emergencies, command);

    /// <summary>Posts what is asked of a member of a group.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<BypassReply>? Post(in BypassRequest request) => Post(static waiting => waiting.Bypasses, request);

    /// <summary>Posts what is asked of a trip.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<TripAnswer>? Post(in TripCommand command) => Post(static waiting => waiting.Trips, command);

    /// <summary>Posts what is asked of the front panel.</summary>
    /// <returns>What became of it, after the step that took it; null when too many wait.</returns>
    public Task<PanelEvent>? Post(PanelCommand command) => Post(static waiting => waiting.Panel, command);

    /// <summary>Posts what is asked of an output.</summary>
    /// <returns>What became of it, after the step that took it; null when too many wait.</returns>
    public Task<OutputAnswer>? Post(in OutputAsk ask) => Post(static waiting => waiting.Outputs, ask);

    /// <summary>Posts what is asked of a point.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<SubstituteReply>? Post(in SubstituteRequest request) => Post(static waiting => waiting.Substitutes, request);

    /// <summary>Takes all that wait.</summary>
    /// <param name="empty">What those that come go into from now on.</param>
    internal StepCommands Exchange(StepCommands empty)
    {
        lock (_gate)
        {
            (var taken, _waiting) = (_waiting, empty);
            return taken;
        }
    }

    private Task<TReply>? Post<TCommand, TReply>(Func<StepCommands, Asked<TCommand, TReply>> kind, TCommand command)
    {
        Task<TReply> reply;
        lock (_gate)
        {
            if (_waiting.Count >= Limit)
            {
                return null;
            }

            reply = kind(_waiting).Add(command);
        }

        signal();
        return reply;
    }
}

/// <summary>All that people ask of one step, by kind.</summary>
internal sealed class StepCommands
{
    public Asked<AlarmCommand, AlarmReply> Alarms { get; } = new();

    public Asked<EmergencyCommand, EmergencyReply> Emergencies { get; } = new();

    public Asked<BypassRequest, BypassReply> Bypasses { get; } = new();

    public Asked<TripCommand, TripAnswer> Trips { get; } = new();

    public Asked<OutputAsk, OutputAnswer> Outputs { get; } = new();

    public Asked<PanelCommand, PanelEvent> Panel { get; } = new();

    public Asked<SubstituteRequest, SubstituteReply> Substitutes { get; } = new();

    public int Count => Alarms.Commands.Count + Emergencies.Commands.Count + Bypasses.Commands.Count + Outputs.Commands.Count + Panel.Commands.Count
        + Substitutes.Commands.Count + Trips.Commands.Count;

    public void Clear()
    {
        Alarms.Clear();
        Emergencies.Clear();
        Bypasses.Clear();
        Trips.Clear();
        Panel.Clear();
        Outputs.Clear();
        Substitutes.Clear();
    }
}

/// <summary>Commands of one kind, in the order in which they were posted, and those who wait for the replies.</summary>
internal sealed class Asked<TCommand, TReply>
{
    private readonly List<TaskCompletionSource<TReply>> _replies = [];

    public List<TCommand> Commands { get; } = [];

    public Task<TReply> Add(TCommand command)
    {
        var reply = new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        Commands.Add(command);
        _replies.Add(reply);
        return reply.Task;
    }

    public void Reply(int command, TReply reply) => _replies[command].SetResult(reply);

    public void Clear()
    {
        Commands.Clear();
        _replies.Clear();
    }
}
