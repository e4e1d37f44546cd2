namespace EdgeNode.UnitTests.House;

public class LogEventTests
{
    [Fact]
    public void Log_event_ids_are_unique_and_of_their_assembly() => Faults.None(LogEventRules.Faults(Repository.Product));

    [Theory]
    [InlineData("[LoggerMessage(1001, LogLevel.Information, \"a\")]\n[LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = \"b\")]", "stands also in")]
    [InlineData("[LoggerMessage(Level = LogLevel.Warning, EventId = 2001, Message = \"a\")]", "not of the range")]
    [InlineData("[LoggerMessage(First + 1, LogLevel.Information, \"a\")]", "without a number")]
    public void A_shared_foreign_or_hidden_id_is_a_fault(string code, string fault) =>
        Assert.Contains(fault, Assert.Single(LogEventRules.Faults([new SourceFile("src/EdgeNode.Engine/Log.cs", code)])), StringComparison.Ordinal);

    [Fact]
    public void A_log_message_outside_Log_cs_is_a_fault() =>
        Assert.Single(LogEventRules.Faults([new SourceFile("src/EdgeNode.Engine/Loop.cs", "[LoggerMessage(1001, LogLevel.Information, \"a\")]")]));

    [Fact]
    public void Different_ids_of_the_range_are_no_fault() => Assert.Empty(LogEventRules.Faults(
        [new SourceFile("src/EdgeNode.Engine/Log.cs", "[LoggerMessage(1001, LogLevel.Information, \"(a)]\")] [LoggerMessage(EventId = 1999, Level = LogLevel.Error)]")]));
}
