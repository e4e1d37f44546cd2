using EdgeNode.Core.Model;

namespace EdgeNode.Gateway;

/// <summary>Qualities on the screen: the word always, the letter of NAMUR NE 107 before it where there is one, the colour besides.</summary>
internal static class QualityMarkup
{
    public static string Of(Quality quality) => quality.Level switch
    {
        QualityLevel.Good => "[green]good[/]",
        QualityLevel.Uncertain => $"[yellow]{quality.Status().Letter()} {quality}[/]",
        _ => $"[red]{quality.Status().Letter()} {quality}[/]",
    };
}
