namespace EdgeNode.Core.Ports;

/// <summary>
/// Small state that outlives the process. Any thread may use it and none waits for the disk: the recorder's thread loads it, once
/// the spool is open, and writes what has changed with its commits.
/// </summary>
public interface IStateStore
{
    /// <summary>What the disk had is there. Until then only what this run has set can be seen, and it goes before what is loaded.</summary>
    bool IsLoaded { get; }

    /// <summary>A part of what the disk had could not be read when it was loaded: what is there may be older than the last that was written.</summary>
    bool WasDamaged { get; }

    /// <summary>Called once, when it is loaded, from the recorder's thread: it must only signal.</summary>
    event Action? Loaded;

    /// <summary>Counts what has been set and removed. A change is on the disk once <see cref="Written"/> has reached the count that it made.</summary>
    long Changes { get; }

    /// <summary>So many of the changes are on the disk.</summary>
    long Written { get; }

    /// <summary>The value of a key, or null.</summary>
    byte[]? Get(string key);

    /// <summary>Sets a value; false when the store is at its limit, and nothing has changed.</summary>
    bool Set(string key, ReadOnlySpan<byte> value);

    /// <summary>Forgets a key.</summary>
    void Remove(string key);

    /// <summary>The keys that begin so, in ordinal order.</summary>
    IReadOnlyList<string> Keys(string prefix);
}
