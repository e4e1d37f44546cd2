using System.Security.Cryptography;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Audit;

namespace EdgeNode.UnitTests.Spool.Audit;

/// <summary>Somebody, or a card, changes what was written.</summary>
public class AuditTamperTests
{
    private readonly AuditBench _bench = new() { Options = new AuditOptions { FileBytes = 1200 } };

    public AuditTamperTests() => _bench.Run(8).Dispose();

    [Fact]
    public void Every_single_byte_that_is_flipped_is_found()
    {
        Assert.True(_bench.Files.Length > 2);
        Assert.True(_bench.Verify().Sound);
        var found = 0;
        foreach (var path in _bench.Files)
        {
            var good = _bench.Disk[path];
            for (var at = 0; at < good.Length; at++)
            {
                foreach (var mask in new byte[] { 0x01, 0x20, 0x80 })
                {
                    var bad = good.ToArray();
                    bad[at] ^= mask;
                    _bench.Disk[path] = bad;
                    var verdict = _bench.Verify();
                    Assert.False(verdict.Sound, $"{path}, byte {at}, mask {mask}");
                    found++;
                }
            }

            _bench.Disk[path] = good;
        }

        Assert.True(found > 8000, $"{found} flips");
    }

    [Fact]
    public void A_changed_entry_is_named_by_its_number()
    {
        Edit(_bench.Files[0], text => text.Replace("\"i\":1,", "\"i\":7,", StringComparison.Ordinal));
        var fault = Assert.Single(_bench.Verify().Faults);
        Assert.Equal("audit-0000000001.jsonl", fault.File);
        Assert.Equal(3ul, fault.Entry);
        Assert.Contains("was changed", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_taken_out_is_named_by_its_number()
    {
        EditLines(_bench.Files[0], lines => lines.RemoveAt(1));
        var fault = Assert.Single(_bench.Verify().Faults);
        Assert.Equal(3ul, fault.Entry);
        Assert.Contains("entry 2 before it is missing", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_in_another_order_are_found()
    {
        EditLines(_bench.Files[0], lines => lines.Reverse(1, 2));
        Assert.Contains(_bench.Verify().Faults, f => f.What.Contains("out of order", StringComparison.Ordinal));
    }

    [Fact]
    public void An_entry_inserted_with_a_hash_of_its_own_is_found()
    {
        var entries = _bench.Entries();
        var (forged, _) = AuditEntry.Write(3, entries[1].Hash, entries[1].Time, "system", "command", "{\"i\":99}"u8.ToArray());
        EditLines(_bench.Files[0], lines => lines.Insert(2, Encoding.UTF8.GetString(forged).TrimEnd()));
        Assert.NotEmpty(_bench.Verify().Faults);
    }

    [Fact]
    public void An_entry_exchanged_for_one_with_a_hash_of_its_own_is_found()
    {
        var entries = _bench.Entries();
        var (forged, _) = AuditEntry.Write(2, entries[0].Hash, entries[1].Time, "system", "command", "{\"i\":99}"u8.ToArray());
        EditLines(_bench.Files[0], lines => lines[1] = Encoding.UTF8.GetString(forged).TrimEnd());
        Assert.Equal(3ul, Assert.Single(_bench.Verify().Faults).Entry);
    }

    [Theory]
    [InlineData(0, "no entry says that the limit removed it")]
    [InlineData(1, "is missing")]
    public void A_file_taken_out_is_found(int index, string what)
    {
        _bench.Disk.Delete(_bench.Files[index]);
        Assert.Contains(_bench.Verify().Faults, f => f.What.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tail_cut_at_a_line_looks_sound_and_an_anchor_shows_it()
    {
        EditLines(_bench.Files[^1], lines => lines.RemoveAt(lines.Count - 1));
        Assert.True(_bench.Verify().Sound);
        var verdict = _bench.Verify(_bench.Anchors);
        Assert.Equal(_bench.Anchors.Max(a => a.Number), Assert.Single(verdict.Faults).Entry);
    }

    [Fact]
    public void A_chain_written_anew_looks_sound_and_an_anchor_shows_it()
    {
        var other = new AuditBench { Options = _bench.Options };
        other.Run(8, 21);
        Assert.True(other.Verify().Sound);
        Assert.Contains(other.Verify(_bench.Anchors).Faults, f => f.What.Contains("another hash", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_trail_is_an_alarm_at_the_next_start_goes_on_and_stays_not_sound()
    {
        Edit(_bench.Files[0], text => text.Replace("\"i\":1,", "\"i\":7,", StringComparison.Ordinal));
        for (var start = 0; start < 3; start++)
        {
            _bench.Run(1).Dispose();
            Assert.True(_bench.Alarms.IsActive(NodeAlarm.AuditBroken));
        }

        Assert.Single(_bench.Entries(), e => e.What == "damage");
        Assert.Single(_bench.Verify().Faults);
        Assert.Equal(3, _bench.Entries().TakeLast(4).Count(e => e.What == "command"));
    }

    /// <summary>Who can compute a hash can write anything: the check and the next start answer it all the same.</summary>
    [Theory]
    [InlineData("repair", "{\"file\":1}")]
    [InlineData("repair", "{\"file\":\"audit-0000000001.jsonl\",\"at\":\"here\"}")]
    [InlineData("repair", "[]")]
    [InlineData("repair", "7")]
    [InlineData("remove", "{\"file\":1}")]
    [InlineData("remove", "{\"file\":\"audit-0000000001.jsonl\",\"to\":\"all\",\"hash\":[]}")]
    [InlineData("remove", "{\"file\":\"audit-0000000001.jsonl\",\"to\":1,\"hash\":5}")]
    [InlineData("remove", "{\"file\":\"\\ud800\",\"to\":1,\"hash\":\"\"}")]
    [InlineData("remove", "null")]
    [InlineData("start", "{\"revision\":1}")]
    [InlineData("start", "\"text\"")]
    public async Task An_entry_with_a_hash_of_its_own_and_a_body_of_another_form_is_found_and_the_next_start_goes_on(string what, string body)
    {
        for (var file = 0; file < _bench.Files.Length; file++)
        {
            var bench = new AuditBench { Options = _bench.Options, Disk = _bench.Disk.Copy() };
            var lines = Encoding.UTF8.GetString(bench.Disk[bench.Files[file]]).Split('\n');
            lines[0] = Forged(lines[0], what, body);
            bench.Disk[bench.Files[file]] = Encoding.UTF8.GetBytes(string.Join('\n', lines));
            Assert.False(bench.Verify().Sound);
            var trail = bench.Run(1);
            Assert.Null((await trail.Opened).LastRevision);
            Assert.Equal("command", bench.Entries()[^1].What);
        }
    }

    /// <summary>The line with another kind and body, and the hash that it should have then.</summary>
    private static string Forged(string line, string what, string body)
    {
        var text = line[..line.IndexOf("\"what\":", StringComparison.Ordinal)] + $"\"what\":\"{what}\",\"body\":{body}";
        return $"{text},\"hash\":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}\"}}";
    }

    /// <summary>Whatever is done to a file: the check never throws, and the next start writes on behind it.</summary>
    [Law(MaxTest = 60)]
    public void Any_bytes_in_a_file_are_answered(byte[] rubbish, byte where, byte which)
    {
        var bench = new AuditBench { Options = _bench.Options, Disk = _bench.Disk.Copy() };
        var path = bench.Files[which % bench.Files.Length];
        var good = bench.Disk[path];
        var at = where * good.Length / 256;
        bench.Disk[path] = [.. good[..at], .. rubbish, .. good[Math.Min(good.Length, at + (rubbish.Length / 2))..]];
        var same = bench.Disk[path].AsSpan().SequenceEqual(good);
        Assert.Equal(same, bench.Verify().Sound);
        bench.Run(2).Dispose();
        var entries = bench.Entries();
        Assert.Equal("command", entries[^1].What);
        Assert.Equal(entries[^2].Hash, entries[^1].Previous);
    }

    private void Edit(string path, Func<string, string> edit) =>
        _bench.Disk[path] = Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(_bench.Disk[path])));

    private void EditLines(string path, Action<List<string>> edit) => Edit(path, text =>
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        edit(lines);
        return string.Concat(lines.Select(l => l + "\n"));
    });
}
