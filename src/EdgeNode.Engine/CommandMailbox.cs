using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>What became of a person's command.</summary>
/// <param name="Answer">Done, nothing to do, or refused.</param>
/// <param name="State">The alarm's state since then.</param>
public readonly record struct AlarmReply(AlarmAnswer Answer, AlarmState State);

/// <summary>
/// Hands what people ask of alarms to the station's loop, which takes it into its next step. Bounded: at the limit the next one is
/// refused at once, so that a program gone wild at the socket costs the step nothing.
/// </summary>
/// <param name="signal">Called after each post, from the posting thread.</param>
public sealed class CommandMailbox(Action signal)
{
    /// <summary>Most commands that wait for one step.</summary>
    public const int Limit = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(AlarmCommand Command, TaskCompletionSource<AlarmReply> Reply)> _waiting = new();

    /// <summary>Posts a command.</summary>
    /// <returns>Its reply, after the step that took it; null when too many wait.</returns>
    public Task<AlarmReply>? Post(in AlarmCommand command)
    {
        var reply = new TaskCompletionSource<AlarmReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_waiting.Count >= Limit)
            {
                return null;
            }

            _waiting.Enqueue((command, reply));
        }

        signal();
        return reply.Task;
    }

    /// <summary>Takes all that wait.</summary>
    internal void TakeAll(List<AlarmCommand> commands, List<TaskCompletionSource<AlarmReply>> replies)
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var waiting))
            {
                commands.Add(waiting.Command);
                replies.Add(waiting.Reply);
            }
        }
    }
}
