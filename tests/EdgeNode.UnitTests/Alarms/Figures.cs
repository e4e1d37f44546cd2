using EdgeNode.Core.Evaluate;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>The figures of alarms of which each is announced as it comes up.</summary>
internal static class Figures
{
    /// <summary>One time that an alarm was up; null: it is up still.</summary>
    public readonly record struct Up(string Id, string Priority, long Raised, long? Cleared);

    public static AlarmPerformance Of(IEnumerable<Up> ups, long from, long to)
    {
        var all = ups.ToList();
        return AlarmPerformance.Of(
            all.Select(u => new AlarmSpell(u.Id, u.Raised, u.Cleared, u.Cleared is null)), all.Select(u => new AlarmCall(u.Priority, u.Raised)), from, to);
    }
}
