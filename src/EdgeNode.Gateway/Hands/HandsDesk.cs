using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;

namespace EdgeNode.Gateway.Hands;

/// <summary>The way that all commands of people go: to the step, which has some time to answer, and into the audit trail with what became of them, refused ones too.</summary>
/// <param name="commands">Where commands go.</param>
/// <param name="audit">The trail.</param>
/// <param name="time">The clock.</param>
internal sealed class HandsDesk(CommandMailbox commands, IAudit audit, TimeProvider time)
{
    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Asks the step.</summary>
    /// <param name="id">Of what, for the result.</param>
    /// <param name="post">Puts the command into the mailbox; null says that too many wait.</param>
    /// <param name="look">The verb that shows what became of it, should the step answer later.</param>
    /// <returns>The step's reply; or what the person is told instead of it.</returns>
    public async Task<(HandsResult? Failed, TReply Reply)> AskAsync<TReply>(string id, Func<CommandMailbox, Task<TReply>?> post, string look)
    {
        if (post(commands) is not { } posted)
        {
            return (new HandsResult(id, "refused", "too many commands wait; try again"), default!);
        }

        try
        {
            return (null, await posted.WaitAsync(HandsLimits.Step, time).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"the station did not take it within {HandsLimits.Step.TotalSeconds} s; {look} whether it did since");
            return (new HandsResult(id, "unknown", said), default!);
        }
    }

    /// <summary>Enters a command for all of them that has found nothing to do: it was given all the same.</summary>
    public void AuditNothing(HandsPeer peer, string what, string why) => Audit(peer, what, why, json =>
    {
        json.WriteBoolean("all", true);
        json.WriteString("outcome", "nothing");
    });

    /// <summary>Enters what a person asked: the members, the reason, and the process that the kernel names.</summary>
    /// <param name="peer">Who asked.</param>
    /// <param name="what">A kind of <see cref="AuditKind"/>.</param>
    /// <param name="why">The reason; empty when there is none.</param>
    /// <param name="members">Writes what and what became of it.</param>
    public void Audit(HandsPeer peer, string what, string why, Action<Utf8JsonWriter> members) => audit.Add(peer.Name, what, json =>
    {
        members(json);
        if (why.Length > 0)
        {
            json.WriteString("why", why);
        }

        json.WriteNumber("uid", peer.Uid);
        json.WriteNumber("pid", peer.Pid);
    });
}
