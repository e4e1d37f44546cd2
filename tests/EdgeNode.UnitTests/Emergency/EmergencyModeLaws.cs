using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Emergency;

/// <summary>What holds of the emergency mode whatever happens: above all that it ends.</summary>
public class EmergencyModeLaws
{
    private static readonly EmergencyOptions Options = new([0, 1], [0], TimeSpan.FromSeconds(60));

    private static EmergencyMode Mode => new(Options);

    [Fact]
    public void An_alarm_begins_it_and_it_ends_so_long_after_it()
    {
        var mode = Mode;
        Assert.Equal(new EmergencyChange(true, At(5).Wall, At(65).Wall, new EmergencyWhy(1, null, "")), mode.Raised(1, At(5)));
        Assert.True(mode.IsOnAt(TimeSpan.FromSeconds(5)));
        Assert.True(mode.IsOnAt(TimeSpan.FromSeconds(64.999)));
        Assert.False(mode.IsOnAt(TimeSpan.FromSeconds(4.999)));
        Assert.False(mode.IsOnAt(TimeSpan.FromSeconds(65)));
        Assert.Null(mode.Advance(At(64.999)));
        Assert.Equal(new EmergencyChange(false, At(65).Wall, At(65).Wall, new EmergencyWhy(null, null, "")), mode.Advance(At(70)));
        Assert.Null(mode.Advance(At(71)));
        Assert.Equal(default, mode.Status(At(71)));
    }

    [Fact]
    public void A_further_alarm_prolongs_it_and_is_not_told_as_a_beginning()
    {
        var mode = Mode;
        mode.Raised(0, At(0));
        Assert.Null(mode.Raised(1, At(40)));
        Assert.Equal((TimeSpan.FromSeconds(100), 0), (mode.Until!.Value, mode.Status(At(50)).Why.Alarm!.Value));
        Assert.Equal(At(0).Wall, mode.Status(At(50)).Since);
    }

    [Fact]
    public void A_person_prolongs_it_never_shortens_it_and_ends_it()
    {
        var mode = Mode;
        Assert.Equal(EmergencyAnswer.Nothing, mode.Ask(new EmergencyCommand(false, "mei"), At(0), out var none));
        Assert.Null(none);
        Assert.Equal(EmergencyAnswer.Done, mode.Ask(new EmergencyCommand(true, "mei") { Time = TimeSpan.FromHours(2), Why = "pump test" }, At(0), out var begun));
        Assert.Equal(new EmergencyChange(true, At(0).Wall, At(7200).Wall, new EmergencyWhy(null, "mei", "pump test")), begun);
        Assert.Equal(EmergencyAnswer.Nothing, mode.Ask(new EmergencyCommand(true, "mei") { Time = TimeSpan.FromHours(1) }, At(60), out _));
        mode.Raised(0, At(100));
        Assert.Equal(TimeSpan.FromHours(2), mode.Until);
        Assert.Equal(EmergencyAnswer.Done, mode.Ask(new EmergencyCommand(false, "li"), At(200), out var ended));
        Assert.Equal(new EmergencyChange(false, At(200).Wall, At(200).Wall, new EmergencyWhy(null, "li", "")), ended);
        Assert.Null(mode.Until);
        Assert.NotNull(mode.Raised(1, At(201)));
    }

    [Law(MaxTest = 300)]
    public Property It_always_ends_and_each_beginning_has_one_end() => Prop.ForAll(Histories(), history =>
    {
        var (mode, now, open) = (Mode, 0.0, 0);
        foreach (var (wait, what, hours) in history)
        {
            now += wait;
            Count(mode.Advance(At(now)));
            EmergencyChange? change = null;
            switch (what)
            {
                case 0 or 1:
                    change = mode.Raised(what, At(now));
                    break;
                case 2 or 3:
                    mode.Ask(new EmergencyCommand(what == 2, "mei") { Time = TimeSpan.FromHours(hours) }, At(now), out change);
                    break;
            }

            Count(change);
            if (mode.Until is { } until && !(until.TotalSeconds > now && until <= TimeSpan.FromSeconds(now) + EmergencyOptions.Longest && open == 1))
            {
                return false;
            }
        }

        Count(mode.Advance(At(now + EmergencyOptions.Longest.TotalSeconds)));
        return open == 0 && mode.Until is null;

        void Count(EmergencyChange? change) => open += change is null ? 0 : change.Value.On ? 1 : -1;
    });

    private static Arbitrary<(int Wait, int What, int Hours)[]> Histories() => (
        from wait in Gen.Choose(0, 100)
        from what in Gen.Choose(0, 4)
        from hours in Gen.Choose(1, 100)
        select (wait, what, hours)).ArrayOf(40).ToArbitrary();
}
