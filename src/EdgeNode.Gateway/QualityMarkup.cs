using EdgeNode.Core.Model;

namespace EdgeNode.Gateway;

/// <summary>Qualities on the screen: the word always, the colour besides.</summary>
internal static class QualityMarkup
{
    public static string Of(Quality quality) => quality.Level switch
    {
        QualityLevel.Good => "[green]good[/]",
        QualityLevel.Uncertain => $"[yellow]{quality}[/]",
        _ => $"[red]{quality}[/]",
    };
}
