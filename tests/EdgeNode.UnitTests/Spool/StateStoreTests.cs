using EdgeNode.Spool.Disk;
using EdgeNode.Spool.State;

namespace EdgeNode.UnitTests.Spool;

public class StateStoreTests(ITestOutputHelper output)
{
    private const string Folder = "/data/state";

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void What_was_committed_is_there_after_a_restart()
    {
        var store = Loaded();
        Assert.True(store.Set("alarm/PAHH-101", [1, 2, 3]));
        Assert.True(store.Commit());
        Assert.Equal([1, 2, 3], Loaded().Get("alarm/PAHH-101")!);
        Assert.Equal(["alarm/PAHH-101"], Loaded().Keys("alarm/"));
        Assert.Empty(Loaded().Keys("trip/"));
    }

    [Fact]
    public void Nothing_is_written_when_nothing_has_changed()
    {
        var store = Loaded();
        store.Set("a", [1]);
        store.Commit();
        var written = _disk.BytesWritten;
        store.Set("a", [1]);
        store.Remove("b");
        Assert.True(store.Commit());
        Assert.Equal(written, _disk.BytesWritten);
    }

    [Fact]
    public void What_was_set_before_the_disk_answered_goes_before_what_it_holds()
    {
        var before = Loaded();
        before.Set("a", [1]);
        before.Set("b", [1]);
        before.Set("c", [1]);
        before.Commit();
        var store = new StateStore(Folder, _disk);
        store.Set("a", [2]);
        store.Remove("b");
        Assert.True(store.Commit());
        Assert.False(store.IsLoaded);
        store.Load();
        store.Commit();
        var after = Loaded();
        Assert.Equal([2], after.Get("a")!);
        Assert.Null(after.Get("b"));
        Assert.Equal([1], after.Get("c")!);
    }

    [Theory]
    [InlineData("state-a")]
    [InlineData("state-b")]
    public void A_damaged_slot_leaves_the_other_is_told_and_heals_with_the_next_commit(string slot)
    {
        var store = Loaded();
        for (byte i = 1; i <= 4; i++)
        {
            store.Set("a", [i]);
            store.Commit();
        }

        var bytes = _disk[$"{Folder}/{slot}"];
        bytes[^1] ^= 1;
        _disk[$"{Folder}/{slot}"] = bytes;
        var other = Loaded();
        Assert.Contains(slot, other.Fault);
        Assert.Contains(other.Get("a")![0], new byte[] { 3, 4 });
        Assert.True(other.Commit());
        Assert.Null(other.Fault);
        var healed = Loaded();
        Assert.Null(healed.Fault);
        Assert.Equal(other.Get("a"), healed.Get("a"));
    }

    [Theory]
    [InlineData("state-a")]
    [InlineData("state-b")]
    public void A_slot_that_cannot_be_read_is_put_aside_and_never_written_over(string slot)
    {
        var store = Loaded();
        for (byte i = 1; i <= 4; i++)
        {
            store.Set("a", [i]);
            store.Commit();
        }

        var path = $"{Folder}/{slot}";
        var newer = _disk[path];
        _disk.Fault = (call, p) => call == DiskCall.Read && p == path ? DiskError.Failed : DiskError.None;
        var other = Loaded();
        Assert.Contains(slot, other.Fault);
        for (byte i = 5; i <= 8; i++)
        {
            other.Set("a", [i]);
            Assert.True(other.Commit());
        }

        _disk.Fault = null;
        Assert.Equal(newer, _disk[path + ".unread"]);
        Assert.Equal([8], Loaded().Get("a")!);
        Assert.Null(Loaded().Fault);
    }

    [Fact]
    public void Slots_of_an_unknown_version_are_there_after_a_downgrade()
    {
        var store = Loaded();
        store.Set("a", [1]);
        store.Commit();
        store.Set("a", [2]);
        store.Commit();
        byte[][] newer = [.. new[] { "/state-a", "/state-b" }.Select(slot =>
        {
            var image = _disk[Folder + slot];
            image[8] = 9;
            Array.Clear(image, 28, 4);
            var check = ~EdgeNode.Spool.Format.Frame.Crc32C(EdgeNode.Spool.Format.Frame.Crc32C(uint.MaxValue, image.AsSpan(0, 28)), image.AsSpan(32));
            BitConverter.TryWriteBytes(image.AsSpan(28), check);
            return _disk[Folder + slot] = image;
        })];
        var other = Loaded();
        Assert.Contains("version 9", other.Fault);
        for (byte i = 5; i <= 8; i++)
        {
            other.Set("a", [i]);
            Assert.True(other.Commit());
        }

        Assert.Equal(newer, [_disk[Folder + "/state-a.unread"], _disk[Folder + "/state-b.unread"]]);
    }

    [Fact]
    public void A_read_that_fails_once_costs_nothing()
    {
        var store = Loaded();
        store.Set("a", [1]);
        store.Commit();
        var left = 1;
        _disk.Fault = (call, _) => call == DiskCall.Read && left-- > 0 ? DiskError.Failed : DiskError.None;
        var other = Loaded();
        Assert.Null(other.Fault);
        Assert.Equal([1], other.Get("a")!);
    }

    [Fact]
    public void With_both_slots_damaged_it_begins_anew_and_says_so()
    {
        var store = Loaded();
        store.Set("a", [1]);
        store.Commit();
        store.Set("a", [2]);
        store.Commit();
        _disk[Folder + "/state-a"] = [1, 2, 3];
        _disk[Folder + "/state-b"] = new byte[500];
        var other = Loaded();
        Assert.Null(other.Get("a"));
        Assert.Contains("anew", other.Fault);
    }

    [Fact]
    public void It_is_bounded_and_what_is_too_much_is_refused()
    {
        var store = Loaded();
        Assert.False(store.Set("a", new byte[StateStore.MaxBytes]));
        var count = 0;
        while (store.Set($"key/{count}", new byte[100]))
        {
            count++;
        }

        Assert.InRange(count, StateStore.MaxBytes / 200, StateStore.MaxBytes / 100);
        Assert.True(store.Commit());
        Assert.Equal(count, Loaded().Keys("key/").Count);
        store.Remove("key/0");
        Assert.True(store.Set("key/0", new byte[100]));
        Assert.True(store.Set("key/0", new byte[50]));
    }

    [Fact]
    public void A_disk_that_refuses_is_told_and_the_next_commit_tries_again()
    {
        var store = Loaded();
        store.Set("a", [1]);
        store.Commit();
        store.Set("a", [2]);
        _disk.Fault = (call, _) => call is DiskCall.Write or DiskCall.Sync ? DiskError.Failed : DiskError.None;
        Assert.False(store.Commit());
        Assert.Contains("cannot be written", store.Fault);
        _disk.Fault = null;
        Assert.Equal([1], Loaded().Get("a")!);
        Assert.True(store.Commit());
        Assert.Null(store.Fault);
        Assert.Equal([2], Loaded().Get("a")!);
    }

    [Law(MaxTest = 300)]
    public void Any_content_comes_back((string Key, byte[] Value)[] entries)
    {
        var disk = new MemoryDisk();
        var store = new StateStore(Folder, disk);
        store.Load();
        var expected = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            // A lone surrogate has no UTF-8.
            if (string.IsNullOrEmpty(key) || key.Length > StateStore.MaxKeyLength || key.Any(char.IsSurrogate))
            {
                continue;
            }

            Assert.True(store.Set(key, value ?? []));
            expected[key] = value ?? [];
        }

        store.Commit();
        var other = new StateStore(Folder, disk);
        other.Load();
        Assert.Null(other.Fault);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), other.Keys(""));
        Assert.All(expected, e => Assert.Equal(e.Value, other.Get(e.Key)!));
    }

    [Fact]
    public void A_cut_before_and_after_each_call_of_the_disk_leaves_the_old_state_or_the_new_one()
    {
        var cuts = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            for (var left = 0; ; left++, cuts++)
            {
                if (!CutAfter(left, new Random((seed * 1000) + left), power: seed % 2 == 0))
                {
                    break;
                }
            }
        }

        output.WriteLine($"{cuts} cuts");
        Assert.True(cuts > 500);
    }

    /// <returns>False when the run came to its end before the cut.</returns>
    private static bool CutAfter(int calls, Random random, bool power)
    {
        const int commits = 5;
        var disk = new MemoryDisk();
        var left = calls;
        disk.Fault = (_, _) => --left < 0 ? DiskError.Failed : DiskError.None;
        var store = new StateStore(Folder, disk);
        store.Load();
        var done = 0;
        for (var i = 1; i <= commits && left >= 0; i++)
        {
            // Of different lengths, so that a mixture would show.
            var size = 20 + random.Next(3000);
            store.Set("first", [.. Enumerable.Repeat((byte)i, size)]);
            store.Set("second", [.. Enumerable.Repeat((byte)i, 3100 - size)]);
            done = store.Commit() ? i : done;
        }

        var cut = left < 0;
        disk.Fault = null;
        disk.Kill();
        if (power)
        {
            disk.CutPower(random);
        }

        var after = new StateStore(Folder, disk);
        after.Load();
        var first = after.Get("first");
        var second = after.Get("second");
        Assert.Equal(first is null, second is null);
        var state = first is null ? 0 : first[0];
        Assert.InRange(state, done, cut ? Math.Min(done + 1, commits) : done);
        if (first is not null && second is not null)
        {
            Assert.All(first.Concat(second), b => Assert.Equal(state, b));
            Assert.Equal(3100, first.Length + second.Length);
        }

        Assert.True(after.Set("third", [1]) && after.Commit());
        return cut;
    }

    private StateStore Loaded()
    {
        var store = new StateStore(Folder, _disk);
        store.Load();
        return store;
    }
}
