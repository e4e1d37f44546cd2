using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>What a state store says of alarms to one who only looks into it.</summary>
public static class KeptAlarms
{
    /// <summary>Ids of the alarms whose condition was true when the store was written.</summary>
    public static IReadOnlySet<string> Active(IStateStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Keys(AlarmMemory.Prefix).Where(key => store.Get(key) is { } value && AlarmMemory.IsActive(value))
            .Select(key => key[AlarmMemory.Prefix.Length..]).ToHashSet(StringComparer.Ordinal);
    }
}
