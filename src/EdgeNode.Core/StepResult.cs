using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core;

/// <summary>What one step came to; the lists are reused by the next step.</summary>
public sealed class StepResult
{
    /// <summary>Every reading of this step, in the order in which it was made.</summary>
    public List<Reading> Readings { get; } = [];

    /// <summary>Those that report by exception lets through to the spool.</summary>
    public List<Reading> Recorded { get; } = [];

    /// <summary>Alarms that went up or came down, or of which somebody or something has changed the state.</summary>
    public List<AlarmTransition> Alarms { get; } = [];

    /// <summary>What became of the commands, in their order.</summary>
    public List<AlarmAnswer> Answers { get; } = [];

    /// <summary>Bypasses that were granted or refused, or are over.</summary>
    public List<BypassEvent> Bypasses { get; } = [];

    /// <summary>The emergency mode has begun or is over.</summary>
    public List<EmergencyChange> Emergencies { get; } = [];

    /// <summary>What became of the commands for the emergency mode, in their order.</summary>
    public List<EmergencyAnswer> EmergencyAnswers { get; } = [];

    /// <summary>What came after alarms whose <see cref="AlarmTransition.Before"/> was told earlier.</summary>
    public List<LateSnapshot> Snapshots { get; } = [];

    /// <summary>What outputs are to do from now on, in order; the first step tells of all.</summary>
    public List<OutputCommand> Outputs { get; } = [];

    /// <summary>What happened to outputs.</summary>
    public List<OutputEvent> OutputEvents { get; } = [];

    /// <summary>What became of what was asked of outputs, in its order.</summary>
    public List<OutputAnswer> OutputAnswers { get; } = [];

    /// <summary>What happened at the front panel.</summary>
    public List<PanelEvent> Panel { get; } = [];

    /// <summary>What became of the commands to the front panel, in their order.</summary>
    public List<PanelEvent> PanelAnswers { get; } = [];

    /// <summary>What lamps and sirens are to do from now on, where that has changed.</summary>
    public List<AnnunciatorCommand> Annunciators { get; } = [];

    /// <summary>Values in place of readings that were granted or refused, or are over.</summary>
    public List<SubstituteEvent> Substitutions { get; } = [];

    /// <summary>What has happened with trips, in the order of time.</summary>
    public List<TripTransition> Trips { get; } = [];

    /// <summary>What became of the commands to trips, in their order.</summary>
    public List<TripAnswer> TripAnswers { get; } = [];

    internal void Clear()
    {
        Trips.Clear();
        TripAnswers.Clear();
        Emergencies.Clear();
        EmergencyAnswers.Clear();
        Snapshots.Clear();
        Outputs.Clear();
        OutputEvents.Clear();
        OutputAnswers.Clear();
        Panel.Clear();
        PanelAnswers.Clear();
        Annunciators.Clear();
        Substitutions.Clear();
        Answers.Clear();
        Bypasses.Clear();
        Readings.Clear();
        Recorded.Clear();
        Alarms.Clear();
    }
}
