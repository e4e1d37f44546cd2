using EdgeNode.Gateway.Demo;

namespace EdgeNode.UnitTests.Demo;

/// <summary>The demo's picture fits the screen that it is made for.</summary>
public sealed class ScreenPlanTests
{
    [Law(MaxTest = 2000)]
    public void What_is_shown_fits_the_screen(byte height, byte fixedRows, byte points, byte restless, byte own, byte others)
    {
        var named = restless + own;
        var alarms = named + others;
        var plan = ScreenPlan.Of(height, fixedRows, points, restless, named, alarms);
        Assert.InRange(plan.Points, 0, points);
        Assert.InRange(plan.Alarms, 0, named);
        var rows = fixedRows + (plan.Headings ? 3 : 0) + (plan.Blanks ? 4 : 0) + plan.Points + plan.Alarms + (plan.Points < points ? 1 : 0) + (plan.Alarms < alarms ? 1 : 0);

        // A screen that has not even room for what is always there, one alarm and two counts is cut by the console.
        if (height >= fixedRows + (plan.Headings ? 3 : 0) + 3)
        {
            Assert.InRange(rows, 0, height);
        }
    }

    [Theory]
    [InlineData(39, 10, 19, 0, 3, 11, 19, 3)] // the demo on 120x40
    [InlineData(23, 8, 19, 3, 4, 11, 10, 3)]  // the demo on 80x24, tripped
    [InlineData(int.MaxValue, 10, 19, 0, 3, 11, 19, 3)]
    public void Alarms_that_are_not_at_rest_come_before_points_and_points_before_the_others(
        int height, int fixedRows, int points, int restless, int named, int alarms, int pointRows, int alarmRows)
    {
        var plan = ScreenPlan.Of(height, fixedRows, points, restless, named, alarms);
        Assert.Equal((pointRows, alarmRows), (plan.Points, plan.Alarms));
    }
}
