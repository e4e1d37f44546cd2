using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EdgeNode.Gateway;

/// <summary>Logs go to standard error, one line each, so that standard output stays for results.</summary>
internal static class Logs
{
    public static ILoggerFactory Make(LogLevel level) => LoggerFactory.Create(builder => Configure(builder, level));

    public static void Configure(ILoggingBuilder builder, LogLevel level)
    {
        builder.SetMinimumLevel(level);
        builder.AddFilter("Microsoft", LogLevel.Warning);

        // What fails at the start is told in a sentence by the verb; the host would add a stack trace to it.
        builder.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss.fff ";
            o.UseUtcTimestamp = true;
            o.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(o =>
        {
            o.LogToStandardErrorThreshold = LogLevel.Trace;

            // A reader of the log that hangs must not hold the step: lines are dropped, and their number is told when it reads again.
            o.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    }
}
