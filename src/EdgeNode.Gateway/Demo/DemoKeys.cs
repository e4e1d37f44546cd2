using Spectre.Console;

namespace EdgeNode.Gateway.Demo;

/// <summary>The keyboard, where there is one.</summary>
internal static class DemoKeys
{
    /// <summary>Takes a key that was pressed, 0 for none; null where standard input or output is no terminal.</summary>
    public static Func<char>? Keyboard() => Console.IsInputRedirected || !AnsiConsole.Profile.Capabilities.Interactive
        ? null
        : () => Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : default;
}
