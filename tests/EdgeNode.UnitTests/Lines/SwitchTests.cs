using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Lines;

public sealed class SwitchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_contact_is_one_while_it_is_active(bool activeLow)
    {
        using var rig = new LineRig(LineRig.Switch(LineRig.Line(6, activeLow), debounce: 0));
        rig.Chip.Set(6, activeLow);
        Assert.Equal(0, Assert.Single(rig.Scan()).Raw);
        rig.Chip.Set(6, !activeLow);
        Assert.Equal((1, Quality.Good), (rig.Scan()[0].Raw, rig.Scan()[0].Quality));
    }

    [Fact]
    public void A_change_is_believed_after_the_debounce_time_and_told_then()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 50));
        rig.Scan();
        rig.Chip.Set(6, true);
        Assert.Equal(0, rig.Scan()[0].Raw);
        Assert.Equal(rig.Time.GetElapsedTime(0) + TimeSpan.FromMilliseconds(50), rig.Bus.Pending);
        rig.Advance(0.049);
        Assert.Empty(rig.Resume());
        rig.Advance(0.001);
        Assert.Equal(1, Assert.Single(rig.Resume()).Raw);
        Assert.Null(rig.Bus.Pending);
        Assert.Equal(1, rig.Scan()[0].Raw);
    }

    [Fact]
    public void A_change_that_was_confirmed_says_when_the_contact_was_last_seen_otherwise()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 50));
        rig.Scan();
        rig.Advance(0.1);
        var before = Assert.Single(rig.Scan()).TakenAt;
        rig.Chip.Set(6, true);
        rig.Advance(0.1);
        Assert.Null(Assert.Single(rig.Scan()).OtherUntil); // says no news
        rig.Advance(0.05);
        Assert.Equal(before, Assert.Single(rig.Resume()).OtherUntil);

        rig.Chip.Set(6, false); // seen, and gone again before it was believed
        rig.Advance(0.05);
        rig.Scan();
        rig.Chip.Set(6, true);
        rig.Advance(0.05);
        var bounced = rig.Time.Monotonic();
        Assert.Empty(rig.Resume());
        rig.Chip.Set(6, false);
        rig.Advance(0.05);
        rig.Scan();
        rig.Advance(0.05);
        Assert.Equal(bounced, Assert.Single(rig.Resume()).OtherUntil);
    }

    [Fact]
    public void A_bounce_is_no_change()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 50));
        rig.Scan();
        rig.Chip.Set(6, true);
        rig.Scan();
        rig.Chip.Set(6, false);
        rig.Advance(0.05);
        Assert.Empty(rig.Resume());
        Assert.Equal(0, rig.Scan()[0].Raw);
        Assert.Null(rig.Bus.Pending);
    }

    [Fact]
    public void The_first_level_is_taken_as_it_stands()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 50));
        rig.Chip.Set(6, true);
        Assert.Equal(1, rig.Scan()[0].Raw);
    }

    [Fact]
    public void A_chip_that_goes_during_the_debounce_is_bad_and_its_change_is_not_guessed()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 50));
        rig.Scan();
        rig.Chip.Set(6, true);
        rig.Scan();
        rig.Chip.Unplugged = true;
        rig.Advance(0.05);
        Assert.Equal(Quality.Bad(Reason.LinkDown), Assert.Single(rig.Resume()).Quality);
        Assert.Equal(Quality.Bad(Reason.LinkDown), Assert.Single(rig.Scan()).Quality);
        rig.Chip.Unplugged = false;
        Assert.Equal((1, Quality.Good), (rig.Scan()[0].Raw, rig.Scan()[0].Quality));
    }
}
