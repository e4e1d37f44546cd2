using EdgeNode.IntegrationTests.Death;

namespace EdgeNode.UnitTests.Deaths;

/// <summary>By which of the kernel's two ways the test of out of memory limits a process: on a tree of files that stands in for the kernel's, since a machine has only one of them.</summary>
public sealed class MemoryGroupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-cgroup-").FullName;

    [Theory]
    [InlineData("cpu\nmemory", false, "v2")]
    [InlineData("", true, "v1")]
    [InlineData("cpu memory", true, "v1")] // the controller is with one of them alone, and a folder of v1 has it
    public void It_takes_the_way_whose_memory_controller_is_there(string controllers, bool folder, string way)
    {
        Kernel(controllers, folder);
        using var group = MemoryGroup.TryMake(_root, "en", out var missing);
        Assert.True(group is not null && missing.Length == 0, missing);
        var path = Path.Combine(_root, way == "v1" ? "memory/en" : "en");
        Assert.Equal("65536", File.ReadAllText(Path.Combine(path, way == "v1" ? "memory.limit_in_bytes" : "memory.max")));
        group.Put(42);
        Assert.Equal("42", File.ReadAllText(Path.Combine(path, "cgroup.procs")));

        var (events, before, after) = way == "v1"
            ? ("memory.oom_control", "oom_kill_disable 0\nunder_oom 1\noom_kill 0\n", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
            : ("memory.events", "max 7\noom 1\noom_kill 0\noom_group_kill 0\n", "max 7\noom 1\noom_kill 2\noom_group_kill 0\n");
        File.WriteAllText(Path.Combine(path, events), before);
        Assert.False(group.HasKilled);
        File.WriteAllText(Path.Combine(path, events), after);
        Assert.True(group.HasKilled);
    }

    [Theory]
    [InlineData("cpu io", "+memory")]
    [InlineData("cpu memory", "cpu memory")]
    public void Of_version_2_the_controller_is_handed_on_where_it_is_not_yet(string before, string after)
    {
        Kernel("cpu io memory", folder: false);
        File.WriteAllText(Path.Combine(_root, "cgroup.subtree_control"), before);
        using var group = MemoryGroup.TryMake(_root, "en", out _);
        Assert.Equal(after, File.ReadAllText(Path.Combine(_root, "cgroup.subtree_control")));
    }

    [Fact]
    public void Where_neither_way_is_open_it_says_why()
    {
        Assert.Null(MemoryGroup.TryMake(_root, "en", out var missing));
        Assert.Contains("neither", missing, StringComparison.Ordinal);
        Kernel("cpu io", folder: false); // v2 without the controller
        Assert.Null(MemoryGroup.TryMake(_root, "en", out missing));
        Assert.Contains("neither", missing, StringComparison.Ordinal);

        Kernel("memory", folder: false);
        File.WriteAllText(Path.Combine(_root, "en"), ""); // what keeps a group from being made, also for root
        Assert.Null(MemoryGroup.TryMake(_root, "en", out missing));
        Assert.Contains("no group with a limit can be made", missing, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Kernel(string controllers, bool folder)
    {
        File.WriteAllText(Path.Combine(_root, "cgroup.controllers"), controllers + "\n");
        if (folder)
        {
            Directory.CreateDirectory(Path.Combine(_root, "memory"));
        }
    }
}
