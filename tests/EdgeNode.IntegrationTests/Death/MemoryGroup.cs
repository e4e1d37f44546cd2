using System.Globalization;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>
/// A group of processes that may take no more memory than 64 KiB, by whichever way the machine's kernel has: cgroup v1's memory controller, or v2. What a process has when it is put there is not counted, only what it
/// takes from then on.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Limit = "65536";

    private readonly string _path;
    private readonly string _events;

    private MemoryGroup(string path, string limit, string events)
    {
        (_path, _events) = (path, Path.Combine(path, events));
        Directory.CreateDirectory(path);
        try
        {
            File.WriteAllText(Path.Combine(path, limit), Limit);
            var swap = Path.Combine(path, "memory.swap.max"); // of v2 alone, and not there where the kernel has no swap
            if (File.Exists(swap))
            {
                File.WriteAllText(swap, "0");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The kernel's killer has ended a process of the group.</summary>
    public bool HasKilled => File.ReadAllLines(_events).Any(l => l.StartsWith("oom_kill ", StringComparison.Ordinal) && l != "oom_kill 0");

    /// <summary>Makes one.</summary>
    /// <param name="root">Where the kernel's groups are mounted: /sys/fs/cgroup.</param>
    /// <param name="name">Of the group.</param>
    /// <param name="missing">Why there is none; empty when there is.</param>
    /// <returns>Null where neither way is open.</returns>
    public static MemoryGroup? TryMake(string root, string name, out string missing)
    {
        missing = "";
        try
        {
            if (Directory.Exists(Path.Combine(root, "memory")))
            {
                return new MemoryGroup(Path.Combine(root, "memory", name), "memory.limit_in_bytes", "memory.oom_control");
            }

            if (HasMemory(Path.Combine(root, "cgroup.controllers")))
            {
                // A group has the controllers that the one above it hands on.
                var handedOn = Path.Combine(root, "cgroup.subtree_control");
                if (!HasMemory(handedOn))
                {
                    File.WriteAllText(handedOn, "+memory");
                }

                return new MemoryGroup(Path.Combine(root, name), "memory.max", "memory.events");
            }

            missing = $"{root} has neither the memory controller of cgroup v1 (memory) nor that of v2 (memory in cgroup.controllers)";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            missing = $"{root} has a memory controller, and no group with a limit can be made in it: {e.Message}";
        }

        return null;
    }

    /// <summary>Puts a process there.</summary>
    public void Put(int process) => File.WriteAllText(Path.Combine(_path, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        try
        {
            Directory.Delete(_path);
        }
        catch (IOException)
        {
            // The kernel is not done with it; it is empty, and goes with the machine.
        }
    }

    private static bool HasMemory(string controllers) => File.Exists(controllers) && File.ReadAllText(controllers).Split([' ', '\n']).Contains("memory");
}
