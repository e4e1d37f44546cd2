using System.Text;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Session;

namespace EdgeNode.UnitTests.Uplink;

public class SmallPartsTests
{
    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret\n\n", "secret\n")]
    [InlineData(" 密碼 \n", " 密碼 ")]
    [InlineData("", "")]
    public void A_password_loses_one_newline_and_nothing_else(string text, string expected)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);

            Assert.True(PasswordFile.TryRead(file, out var password, out _));

            Assert.Equal(expected, Encoding.UTF8.GetString(password));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_password_file_that_is_not_there_or_not_a_file_or_too_long_is_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("edgenode-password-").FullName;
        try
        {
            var big = Path.Combine(folder, "big");
            File.WriteAllText(big, new string('x', 5000));

            Assert.False(PasswordFile.TryRead(Path.Combine(folder, "none"), out _, out var missing));
            Assert.False(PasswordFile.TryRead(folder, out _, out var directory));
            Assert.False(PasswordFile.TryRead(big, out _, out var tooLong));

            Assert.EndsWith("none does not exist", missing!.Words, StringComparison.Ordinal);
            Assert.NotNull(directory);
            Assert.EndsWith("big is longer than 4096 bytes", tooLong!.Words, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Law]
    public bool A_wait_is_between_half_of_its_step_and_the_whole(byte attempts, double random)
    {
        var fraction = Math.Abs(Math.IEEERemainder(double.IsFinite(random) ? random : 0, 1));
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), () => fraction);
        var step = 1.0;
        for (var i = 0; i < attempts; i++)
        {
            var wait = backoff.Next().TotalSeconds;
            if (wait < (step / 2) - 1e-6 || wait > step + 1e-6)
            {
                return false;
            }

            step = Math.Min(60, step * 2);
        }

        return true;
    }

    [Fact]
    public void A_bucket_gives_its_rate_and_saves_one_second()
    {
        var bucket = new TokenBucket(1000);
        var now = TimeSpan.FromHours(5);
        Assert.Equal(1000, bucket.Available(now));

        bucket.Take(1000);
        var ready = bucket.ReadyAt(500, now);

        Assert.Equal(0.5, (ready - now).TotalSeconds, 3);
        Assert.True(bucket.Available(ready) >= 500);
        Assert.Equal(1000, bucket.Available(now + TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData("QuotaExceeded", "quota exceeded")]
    [InlineData("NotAuthorized", "not authorized")]
    public void Reason_codes_are_written_in_words(string name, string expected) => Assert.Equal(expected, ReasonText.Of(name));

    [Theory]
    [InlineData(null, "")]
    [InlineData("see the list", "see the list")]
    [InlineData("\rfake line\u001b[31m\u0000\u202e", "fake line [31m")]
    [InlineData("超出配額 🚱", "超出配額 🚱")]
    public void What_a_broker_adds_is_cleaned(string? added, string expected) => Assert.Equal(expected, ReasonText.Clean(added));

    [Law]
    public bool What_a_broker_adds_is_cut_and_moves_no_cursor(string? added)
    {
        var clean = ReasonText.Clean(added + new string('x', 70) + added);
        return clean.Length <= ReasonText.MostAdded + 3 && !clean.Any(char.IsControl);
    }

    [Fact]
    public void A_broker_that_gives_a_new_reason_each_time_is_logged_once()
    {
        var log = new LogLines();
        var record = new BrokerRecord(new Core.Model.BrokerOptions("broker", 1883, false), log);
        for (var i = 0; i < 5; i++)
        {
            record.Failed(new BrokerFault(FaultKind.Refused, "it refuses the connection: server busy") { Added = $"ticket {i}" });
        }

        Assert.Contains("server busy (ticket 0)", Assert.Single(log.Lines), StringComparison.Ordinal);
    }
}
