namespace EdgeNode.Gateway.Demo;

/// <summary>How the demo's picture divides a screen: what protects is always there, then alarms that are not at rest, then points, then the other alarms.</summary>
/// <param name="Points">Rows of points.</param>
/// <param name="Alarms">Rows of alarms.</param>
/// <param name="Headings">A heading above each of the tables.</param>
/// <param name="Blanks">A blank row after each part but the last.</param>
internal readonly record struct ScreenPlan(int Points, int Alarms, bool Headings, bool Blanks)
{
    /// <summary>A screen of fewer rows has no headings, and less of a story.</summary>
    public const int RoomyRows = 32;

    // Alarms leave so many rows to the points, as long as one alarm is shown.
    private const int PointRows = 5;
    private const int Tables = 3;
    private const int Parts = 5;

    /// <param name="height">Rows of the screen; <see cref="int.MaxValue"/> where it has no end.</param>
    /// <param name="fixedRows">Rows that are always there: head, foot, what protects.</param>
    /// <param name="points">Points that there are.</param>
    /// <param name="restless">Alarms that are not at rest.</param>
    /// <param name="named">These and those of the site file that are.</param>
    /// <param name="alarms">All alarms.</param>
    public static ScreenPlan Of(int height, int fixedRows, int points, int restless, int named, int alarms)
    {
        var headings = height >= RoomyRows;
        var room = height - fixedRows - (headings ? Tables : 0);
        var alarmRows = points + named + More(named, alarms) <= room ? named : Math.Min(restless, Math.Max(1, room - PointRows));
        var left = Math.Max(0, room - alarmRows - More(alarmRows, alarms));
        var pointRows = points <= left ? points : Math.Max(0, left - 1);

        // Where all alarms would fit: else blank rows came and went with them.
        return new ScreenPlan(pointRows, alarmRows, headings, height != int.MaxValue && room - points - alarms >= Parts - 1);
    }

    /// <summary>The row that counts what is left out.</summary>
    private static int More(int shown, int all) => shown < all ? 1 : 0;
}
