using EdgeNode.Gateway;
using EdgeNode.Spool.State;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Spool;

public class StateTotalsTests
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_total_is_there_after_a_restart_and_is_written_at_a_slow_pace()
    {
        var store = new StateStore("/data/state", _disk);
        var totals = new StateTotals(store, _time);
        Assert.False(totals.IsReady);
        store.Load();
        Assert.True(totals.IsReady);
        Assert.Null(totals.Restore("FT-101.total"));

        var writes = 0;
        for (var second = 0; second < 60; second++, _time.Advance(TimeSpan.FromSeconds(1)))
        {
            totals.Keep("FT-101.total", second);
            totals.Write(last: false);
            var before = _disk.BytesWritten;
            store.Commit();
            writes += _disk.BytesWritten > before ? 1 : 0;
        }

        Assert.Equal(6, writes);
        Assert.Equal(50, Restarted());
        totals.Write(last: true);
        store.Commit();
        Assert.Equal(59, Restarted());
    }

    [Fact]
    public void What_is_no_total_is_none()
    {
        var store = new StateStore("/data/state", _disk);
        store.Load();
        store.Set("total/FT-101.total", [1, 2, 3]);
        Assert.Null(new StateTotals(store, _time).Restore("FT-101.total"));
    }

    private double? Restarted()
    {
        var store = new StateStore("/data/state", _disk);
        store.Load();
        return new StateTotals(store, _time).Restore("FT-101.total");
    }
}
