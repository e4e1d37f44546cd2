using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Records;

namespace EdgeNode.UnitTests.Records;

/// <summary>Whatever becomes of the file: the history starts, says so, and has again what the journal has.</summary>
public sealed class HistoryDamageTests(ITestOutputHelper output) : IDisposable
{
    private readonly HistoryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("gone")]
    [InlineData("empty")]
    [InlineData("foreign")]
    [InlineData("another history")]
    [InlineData("without its sentinel")]
    public void A_file_that_is_not_ours_is_put_aside_and_rebuilt(string what)
    {
        _bench.Run(30);
        switch (what)
        {
            case "gone":
                File.Delete(_bench.Data);
                break;
            case "empty":
                File.WriteAllBytes(_bench.Data, []);
                break;
            case "foreign":
                File.WriteAllText(_bench.Data, "SQLite format 3\0" + new string('x', 20_000));
                break;
            case "another history":
                using (var other = new HistoryBench())
                {
                    other.Run(3);
                    File.Copy(other.Data, _bench.Data, overwrite: true);
                }

                break;
            default:
                using (var database = new LiteDB.LiteDatabase(_bench.Data))
                {
                    database.DropCollection("meta");
                }

                break;
        }

        _bench.Run(2);
        AssertRebuilt(32);
    }

    [Fact]
    public void A_file_cut_at_any_place_is_rebuilt()
    {
        _bench.Run(120);
        var good = File.ReadAllBytes(_bench.Data);
        var marker = File.ReadAllBytes(Path.Combine(_bench.Folder, "marker"));
        for (var length = 0; length < good.Length; length += 1777)
        {
            _bench.Alarms.All.Clear();
            File.WriteAllBytes(_bench.Data, good[..length]);
            File.WriteAllBytes(Path.Combine(_bench.Folder, "marker"), marker);
            _bench.Run(0);
            Assert.Equal([(NodeAlarm.HistoryDamaged, true), (NodeAlarm.HistoryDamaged, false)], _bench.Alarms.All.Take(2));
            Assert.Equal(HistoryBench.Numbers(1, 120), _bench.Seqs());
        }

        Assert.InRange(_bench.Quarantine.Length, 1, HistoryLimits.Quarantined * 2);
    }

    [Fact]
    public void Whatever_bits_are_flipped_no_wrong_value_comes_out_and_all_is_there_again_after_the_next_start()
    {
        _bench.Run(120);
        var good = File.ReadAllBytes(_bench.Data);
        var marker = File.ReadAllBytes(Path.Combine(_bench.Folder, "marker"));
        var random = new Random(11);
        var (found, harmless) = (0, 0);
        for (var i = 0; i < 150; i++)
        {
            var bad = good.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(_bench.Data, bad);
            File.WriteAllBytes(Path.Combine(_bench.Folder, "marker"), marker);
            if (HistoryReader.Alarms(bad, []) is { } contents)
            {
                Assert.All(contents.Events, e => Assert.Contains($"PAHH-{e.Seq}\"", Encoding.UTF8.GetString(e.Record.Body.Span), StringComparison.Ordinal));
            }

            _bench.Alarms.All.Clear();
            _bench.Run(0);
            Assert.Equal(HistoryBench.Numbers(1, 120), _bench.Seqs());
            if (_bench.Alarms.All.Contains((NodeAlarm.HistoryDamaged, true)))
            {
                found++;
            }
            else
            {
                harmless++;
            }
        }

        output.WriteLine($"{found} found and rebuilt, {harmless} in bytes that hold nothing");
        Assert.True(found > 50, $"{found} found");
    }

    [Fact]
    public void What_the_journal_no_longer_has_is_salvaged_from_the_damaged_file()
    {
        _bench.Run(100);
        var text = File.ReadAllBytes(_bench.Data);
        var at = text.AsSpan().IndexOf("PAHH-17\""u8);
        text[at + 5] = (byte)'9';
        File.WriteAllBytes(_bench.Data, text);
        _bench.Journal.RemoveRange(0, 60);
        _bench.Run(0);
        Assert.Equal([.. HistoryBench.Numbers(1, 16), .. HistoryBench.Numbers(18, 100)], _bench.Seqs());
        AssertRebuilt(null);
    }

    [Fact]
    public void A_log_that_is_damaged_does_no_harm()
    {
        _bench.Run(30);
        var random = new Random(5);
        for (var i = 0; i < 30; i++)
        {
            var rubbish = new byte[random.Next(1, 40_000)];
            random.NextBytes(rubbish);
            File.WriteAllBytes(_bench.Log, rubbish);
            _bench.Run(0);
            Assert.Equal(HistoryBench.Numbers(1, 30), _bench.Seqs());
        }
    }

    [Fact]
    public void A_file_that_another_process_holds_for_good_is_put_aside()
    {
        _bench.Run(30);
        using var held = new FileStream(_bench.Data, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var log = _bench.Open();
        Assert.Equal(TimeSpan.FromSeconds(5), log.RunDue());
        Assert.True(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        Assert.Empty(_bench.Quarantine);
        for (var i = 0; i < 3; i++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(5));
            log.RunDue();
        }

        log.Add(_bench.Append());
        log.End();
        AssertRebuilt(31);
    }

    [Fact]
    public void A_file_that_is_held_for_a_moment_stays()
    {
        _bench.Run(30);
        var log = _bench.Open();
        using (new FileStream(_bench.Data, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            log.RunDue();
        }

        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        log.RunDue();
        Assert.False(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        Assert.Empty(_bench.Quarantine);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_an_alarm_and_is_tried_again()
    {
        // A file where the folder should be: also root cannot write there.
        File.WriteAllText(_bench.Folder, "");
        var log = _bench.Open();
        log.Add(_bench.Append());
        Assert.NotNull(log.RunDue());
        Assert.True(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        File.Delete(_bench.Folder);
        _bench.Time.Advance(TimeSpan.FromSeconds(31));
        log.RunDue();
        log.End();
        Assert.False(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        Assert.Equal(HistoryBench.Numbers(1, 1), _bench.Seqs());
    }

    private void AssertRebuilt(int? alarms)
    {
        Assert.Contains((NodeAlarm.HistoryDamaged, true), _bench.Alarms.All);
        Assert.False(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        Assert.Contains("history-damage", _bench.Audit.Entries);
        if (alarms is { } count)
        {
            Assert.Equal(HistoryBench.Numbers(1, count), _bench.Seqs());
        }
    }
}
