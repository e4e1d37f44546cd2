using EdgeNode.Engine;
using EdgeNode.Gateway;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Whether the run before ended in an orderly way, also where the disk could not be told of one that came after it.</summary>
public sealed class RunMarkTests : IDisposable
{
    private readonly MemoryDisk _disk = new();
    private readonly string _memory = Directory.CreateTempSubdirectory("trace").FullName;
    private Guid _boot = Guid.NewGuid();

    public void Dispose() => Directory.Delete(_memory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_orderly_stop_counts_for_one_run_in_the_same_boot(bool traces)
    {
        Assert.False(Live(traces, ends: true));
        Assert.True(Live(traces, ends: true));
        Assert.True(Live(traces, ends: false));
        Assert.False(Live(traces, ends: true));
    }

    [Fact]
    public void It_counts_for_the_first_run_of_another_boot()
    {
        Live(traces: true, ends: true);
        Boot();
        Assert.True(Live(traces: true, ends: false));
        Assert.False(Live(traces: true, ends: true));
    }

    [Fact]
    public void It_does_not_count_for_a_later_run_of_another_boot()
    {
        Live(traces: true, ends: true);
        Boot();
        Assert.True(Live(traces: true, ends: false, writes: false));
        Assert.False(Live(traces: true, ends: false));
    }

    [Fact]
    public void A_run_whose_disk_took_nothing_and_which_was_killed_is_known_of()
    {
        Live(traces: true, ends: true);
        Assert.True(Live(traces: true, ends: false, writes: false));
        Assert.False(Live(traces: true, ends: false));
    }

    [Fact]
    public void A_power_cut_takes_what_was_known_of_it()
    {
        Live(traces: true, ends: true);
        Assert.True(Live(traces: true, ends: false, writes: false));
        Boot();
        Assert.True(Live(traces: true, ends: false)); // the one case that stays open: the folder's README
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_runs_of_which_one_leaves_no_trace_nobody_knows_what_ran_between(bool first)
    {
        Live(traces: first, ends: true);
        Assert.False(Live(traces: !first, ends: true));
    }

    [Fact]
    public void A_trace_that_is_gone_or_cut_short_vouches_for_nothing()
    {
        Live(traces: true, ends: true);
        File.WriteAllText(Assert.Single(Directory.GetFiles(_memory)), "7f");
        Assert.False(Live(traces: true, ends: true));
        File.Delete(Assert.Single(Directory.GetFiles(_memory)));
        Assert.False(Live(traces: true, ends: true));
    }

    [Fact]
    public void Each_data_directory_has_a_trace_of_its_own()
    {
        var one = TraceFile.Leave(_memory, "/var/lib/one", Fails)!;
        Assert.Null(TraceFile.Leave(_memory, "/var/lib/two", Fails)!.Before);
        Assert.Equal(one.Run, TraceFile.Leave(_memory, "/var/lib/one/../one", Fails)!.Before);
    }

    [Fact]
    public void A_directory_that_takes_nothing_is_told()
    {
        var told = "";
        Assert.Null(TraceFile.Leave(Path.Combine(_memory, "missing"), "/var/lib/one", why => told = why));
        Assert.Contains("could not be written", told, StringComparison.Ordinal);
    }

    /// <summary>The machine goes down and comes up.</summary>
    private void Boot()
    {
        _boot = Guid.NewGuid();
        foreach (var file in Directory.GetFiles(_memory))
        {
            File.Delete(file);
        }
    }

    /// <returns>What it finds: the run before ended in an orderly way.</returns>
    private bool Live(bool traces, bool ends, bool writes = true)
    {
        var store = new StateStore("/state", _disk);
        var mark = new RunMark(store, _boot, traces ? TraceFile.Leave(_memory, "/var/lib/edgenode", Fails) : null);
        store.Load();
        var found = mark.Begin();
        Assert.Equal(found, mark.Begin());
        if (writes)
        {
            store.Commit();
            Assert.True(mark.IsBegun);
        }

        if (ends)
        {
            mark.End();
            store.Commit();
        }

        return found;
    }

    private static void Fails(string why) => Assert.Fail(why);
}
