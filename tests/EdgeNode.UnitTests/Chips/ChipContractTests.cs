using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Simulation.I2c;

namespace EdgeNode.UnitTests.Chips;

/// <summary>What every driver of a chip must do, against the model of its chip.</summary>
public sealed class ChipContractTests
{
    public static TheoryData<string> Drivers() => [.. DriverTable.All.Where(d => d.Bus == DriverBus.I2c).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Drivers))]
    public void It_reads_the_example_of_its_datasheet(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        AssertExpected(driver, rig.Read());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_scan_returns_at_once_and_no_step_waits(string driver)
    {
        using var rig = Rig(driver);
        var start = rig.Time.GetTimestamp();
        Assert.Empty(rig.Scan(0));
        Assert.Equal(start, rig.Time.GetTimestamp());
        Assert.True(rig.Bus.Pending > rig.Time.Monotonic());

        // A second scan while it measures begins nothing new, and the one measurement gives one set of samples.
        Assert.Empty(rig.Scan(0));
        Assert.Equal(ChipTable.Of(driver).Expected.Length, rig.Read().Count);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_missing_chip_is_bad_and_never_zero_and_good_when_it_is_there(string driver)
    {
        using var rig = Rig(driver);
        rig.Wire.Plug(rig.Chips[0].Address, there: false);
        AssertBad(driver, rig.Read(), Reason.Timeout);
        rig.Wire.Plug(rig.Chips[0].Address, there: true);
        AssertExpected(driver, rig.Read());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_chip_that_is_pulled_out_turns_bad_with_the_next_scan_and_good_again_within_two(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        rig.Wire.Plug(rig.Chips[0].Address, there: false);
        AssertBad(driver, rig.Read(), Reason.Timeout);
        rig.Wire.Plug(rig.Chips[0].Address, there: true);
        AssertExpected(driver, rig.Read());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void Silence_that_the_adapter_reports_as_success_is_no_value(string driver)
    {
        using var rig = Rig(driver);
        rig.Wire.HidesMissing = true;
        rig.Wire.Plug(rig.Chips[0].Address, there: false);
        AssertBad(driver, rig.Read(), Reason.WrongReply);

        rig.Wire.Plug(rig.Chips[0].Address, there: true);
        AssertExpected(driver, rig.Read());
        rig.Wire.Plug(rig.Chips[0].Address, there: false);
        AssertBad(driver, rig.Read(), Reason.DeviceReset);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void Silence_that_begins_during_the_conversion_is_no_value_either(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        rig.Wire.HidesMissing = true;
        rig.Scan(0);
        rig.Wire.Plug(rig.Chips[0].Address, there: false);
        var samples = new List<RawSample>();
        while (rig.Bus.Pending is not null)
        {
            rig.Wait();
            rig.Bus.Resume(samples, TestContext.Current.CancellationToken);
        }

        Assert.All(samples, s => Assert.True(s.Quality.IsBad));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_transfer_that_is_not_acknowledged_spoils_that_scan_and_no_other(string driver)
    {
        // At each place of a measurement, those of the first one with its configuration included.
        using var counting = Rig(driver);
        counting.Read();
        var transfers = counting.Wire.Transfers;
        Assert.InRange(transfers, 3, 500);
        for (var i = 0; i < transfers; i++)
        {
            using var rig = Rig(driver);
            rig.Wire.NackAfter(i);
            AssertBad(driver, rig.Read(), Reason.Timeout);
            AssertExpected(driver, rig.Read());
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_chip_that_lost_its_configuration_is_not_good_until_it_has_it_again(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        rig.Chips[0].PowerCycle();
        AssertBad(driver, rig.Read(), Reason.DeviceReset);
        AssertExpected(driver, rig.Read());
        Assert.Equal(1, rig.Bus.Health.Resets);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_brown_out_during_the_conversion_is_noticed(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        Assert.Empty(rig.Scan(0));
        rig.Chips[0].PowerCycle();
        var samples = new List<RawSample>();
        while (rig.Bus.Pending is not null)
        {
            rig.Wait();
            rig.Bus.Resume(samples, TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(samples);
        Assert.All(samples, s => Assert.True(s.Quality.IsBad, s.ToString()));
        AssertExpected(driver, rig.Read());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_stuck_bus_is_bad_costs_a_tenth_of_the_time_and_heals(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        rig.Wire.State = I2cFault.Stuck;
        AssertBad(driver, rig.Read(), Reason.Timeout);
        var transfers = rig.Wire.Transfers;
        AssertBad(driver, rig.Read(), Reason.DeviceSuspended);
        Assert.Equal(transfers, rig.Wire.Transfers);

        rig.Wire.State = I2cFault.None;
        rig.Time.Advance(SimulatedI2cBus.StuckTimeout * 10);
        AssertExpected(driver, rig.Read());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void An_adapter_that_is_unplugged_is_a_link_that_is_down_and_comes_back(string driver)
    {
        using var rig = Rig(driver);
        AssertExpected(driver, rig.Read());
        rig.Wire.State = I2cFault.Unplugged;
        AssertBad(driver, rig.Read(), Reason.LinkDown);
        Assert.False(rig.Bus.Health.LinkUp);
        rig.Wire.State = I2cFault.None;
        AssertExpected(driver, rig.Read());
        Assert.True(rig.Bus.Health.LinkUp);
    }

    [Fact]
    public void Every_driver_of_the_table_has_its_row_here() =>
        Assert.Equal(DriverTable.All.Where(d => d.Bus == DriverBus.I2c).Select(d => d.Name), ChipTable.Rows.Select(r => r.Driver));

    private static ChipRig Rig(string driver)
    {
        var row = ChipTable.Of(driver);
        return new ChipRig(t => [row.Chip(t)], (driver, row.Address, row.Settings));
    }

    private static void AssertExpected(string driver, List<RawSample> samples)
    {
        var row = ChipTable.Of(driver);
        Assert.Equal(row.Expected.Length, samples.Count);
        for (var i = 0; i < samples.Count; i++)
        {
            Assert.Equal((i, Quality.Good), (samples[i].Point, samples[i].Quality));
            Assert.InRange(samples[i].Raw, row.Expected[i] - row.Within[i], row.Expected[i] + row.Within[i]);
        }
    }

    private static void AssertBad(string driver, List<RawSample> samples, Reason reason)
    {
        Assert.Equal(Enumerable.Range(0, ChipTable.Of(driver).Expected.Length), samples.Select(s => s.Point));
        Assert.All(samples, s => Assert.Equal((Quality.Bad(reason), 0.0), (s.Quality, s.Raw)));
    }
}
