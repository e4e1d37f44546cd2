using EdgeNode.Gateway.Verbs;
using EdgeNode.Spool.Audit;

namespace EdgeNode.UnitTests.Node;

public class PlainTextTests
{
    [Theory]
    [InlineData("maria\u001b[2J\r", "\"a\"")]
    [InlineData("maria", "\"\u009b1A\"")]
    [InlineData("maria\u202e", "\"\u2028\"")]
    public void An_entry_of_the_trail_prints_as_one_line_that_moves_nothing(string who, string value)
    {
        var body = System.Text.Encoding.UTF8.GetBytes($"{{\"v\":{value}}}");
        var line = AuditReport.Line(new AuditEntry(7, AuditEntry.NoHash, default, who, "command\u0007", body, AuditEntry.NoHash));
        Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u2028' or '\u202e');
        Assert.Contains("maria", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_the_program_put_together_stay_lines_and_what_is_in_them_moves_nothing() =>
        Assert.Equal("false since 08:22\n  PAHH-101\uFFFD is false", PlainText.Lines("false since 08:22\n  PAHH-101\r is false"));

    [Fact]
    public void Words_of_any_language_stay_as_they_are() => Assert.Equal("Señal 警报 PAHH-101 {\"a\":1}", PlainText.Of("Señal 警报 PAHH-101 {\"a\":1}"));
}
