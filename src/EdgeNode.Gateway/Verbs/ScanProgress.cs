using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>A bar on standard error while a scan runs, where that is a terminal: standard output stays the result's.</summary>
internal static class ScanProgress
{
    /// <summary>Runs a scan.</summary>
    /// <param name="all">Steps to its end.</param>
    /// <param name="work">Tells how many steps are done, and what it is at.</param>
    public static T Run<T>(int all, Func<Action<int, string>, T> work)
    {
        if (Console.IsErrorRedirected || all == 0)
        {
            return work((_, _) => { });
        }

        return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("scan", maxValue: all);
                return work((done, text) =>
                {
                    task.Value = done;
                    task.Description = Markup.Escape(text);
                });
            });
    }
}
