using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Doctor;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>
/// What <c>doctor</c> says of the backstops, at each start of the service. A backstop that the site file claims and the board does not give is an error in
/// the log and an alarm of the node; it never keeps the gateway from starting, since a gateway that refuses to start protects nothing.
/// </summary>
internal static class StartCheck
{
    /// <summary>Looks on a thread of the pool: the outputs wait for no file of the board.</summary>
    /// <param name="site">The site.</param>
    /// <param name="seams">What stands in for the kernel's chips: there is no board to look at then.</param>
    /// <param name="alarms">Where a missing backstop is told.</param>
    /// <param name="log">The log.</param>
    public static void Begin(Site site, IFieldSeams? seams, INodeAlarms alarms, ILogger log)
    {
        if (seams is null && !site.Outputs.IsEmpty)
        {
            _ = Task.Run(() => Look(site, Board.Own(), alarms, log));
        }
    }

    /// <summary>Looks, and tells.</summary>
    public static void Look(Site site, Board board, INodeAlarms alarms, ILogger log)
    {
        try
        {
            var findings = OutputChecks.Backstops(site, board).ToList();
            foreach (var f in findings)
            {
                if (f.Verdict == Verdict.Wrong)
                {
                    Log.BackstopMissing(log, f.Check, f.Place, f.Says, f.Remedy);
                }
                else if (f is { Verdict: Verdict.Unknown, Check: "released-line" or "pull" })
                {
                    Log.BackstopUnknown(log, f.Check, f.Place, f.Says, f.Remedy);
                }
            }

            var wrong = findings.Where(f => f.Verdict == Verdict.Wrong).Select(f => $"{f.Place}: {f.Says}").ToList();
            alarms.Set(NodeAlarm.BackstopMissing, wrong.Count > 0, wrong.Count switch
            {
                0 => "",
                1 => wrong[0] + ".",
                _ => $"{wrong[0]}; and {wrong.Count - 1} more, which `edgenode doctor` names.",
            });
        }
#pragma warning disable CA1031 // The last resort: a look at the board must not end the node that protects.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.SideThreadDied(log, e, "start check");
        }
    }
}
