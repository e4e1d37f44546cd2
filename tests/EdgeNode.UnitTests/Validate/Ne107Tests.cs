using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Validate;

/// <summary>Every reason by every level. Whoever adds a reason says here, and in the platform's document, what it is by NE 107.</summary>
public sealed class Ne107Tests
{
    private static readonly Dictionary<Reason, string> Expected = new()
    {
        [Reason.None] = "", [Reason.NotYetRead] = "C", [Reason.Timeout] = "F", [Reason.LinkDown] = "F", [Reason.WrongReply] = "F", [Reason.Checksum] = "F",
        [Reason.DeviceSuspended] = "F", [Reason.IllegalFunction] = "F", [Reason.IllegalAddress] = "F", [Reason.IllegalValue] = "F", [Reason.DeviceFailure] = "F",
        [Reason.DeviceBusy] = "C", [Reason.GatewayPath] = "F", [Reason.NotANumber] = "F", [Reason.Sentinel] = "F", [Reason.Stale] = "F",
        [Reason.OverRange] = "S", [Reason.UnderRange] = "S", [Reason.Rounded] = "S", [Reason.LostEdges] = "S", [Reason.DeviceReset] = "M",
        [Reason.SensorFailure] = "F", [Reason.Uncompensated] = "S", [Reason.NotPresent] = "F", [Reason.RateOfChange] = "S", [Reason.Stuck] = "S", [Reason.Spike] = "S",
        [Reason.CalibrationExpired] = "M", [Reason.TooFewVotes] = "C", [Reason.Maintenance] = "C",
        [Reason.Substituted] = "C",
        [Reason.FunctionCheck] = "C", [Reason.OutOfSpecification] = "S", [Reason.StatusUnknown] = "F", [Reason.MaintenanceRequired] = "M",
    };

    public static TheoryData<Reason> Reasons() => [.. Enum.GetValues<Reason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_reason_has_one_status_and_a_text_that_is_read_back(Reason reason)
    {
        Assert.Equal(Expected[reason], reason.Status().Letter());
        foreach (var quality in new[] { Quality.Bad(reason), Quality.Uncertain(reason) })
        {
            Assert.True(Quality.TryParse(quality.ToString(), out var parsed));
            Assert.Equal(quality, parsed);
        }

        Assert.Equal(Expected[reason], Quality.Bad(reason).Status().Letter());
        Assert.Equal(Expected[reason] == "F" ? "S" : Expected[reason], Quality.Uncertain(reason).Status().Letter());
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_simulated_point_is_told_as_a_function_check_at_least_and_what_protects_does_not_ask(Reason reason)
    {
        foreach (var quality in new[] { Quality.Good, Quality.Bad(reason), Quality.Uncertain(reason) })
        {
            Assert.Equal(quality.Status() == Ne107.Failure ? "F" : "C", quality.Status(simulated: true).Letter());
            Assert.Equal(quality.Status(), quality.Status(simulated: false));
        }
    }

    [Fact]
    public void Good_has_no_status_and_the_numbers_of_the_reasons_have_no_hole()
    {
        Assert.Equal(Ne107.None, Quality.Good.Status());
        Assert.Equal("", Ne107.None.Letter());
        Assert.Equal(Enumerable.Range(0, Expected.Count), Enum.GetValues<Reason>().Select(r => (int)r));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Valid_is_what_is_good_or_marked_for_maintenance_alone(Reason reason)
    {
        Assert.True(Quality.Good.IsValid());
        Assert.False(Quality.Bad(reason).IsValid());
        Assert.Equal(Expected[reason] is "M" or "", Quality.Uncertain(reason).IsValid());
    }

    [Fact]
    public void Of_several_at_once_failure_comes_first_then_function_check_then_out_of_specification_then_maintenance() =>
        Assert.Equal(["F", "C", "S", "M", ""], Enum.GetValues<Ne107>().OrderDescending().Select(s => s.Letter()));

    [Fact]
    public void The_platforms_document_has_the_same_table()
    {
        var rows = File.ReadAllLines(Path.Combine(House.Repository.Root, "src", "EdgeNode.Uplink", "README.md"))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Where(c => c.Length >= 4 && c[2] is "F" or "C" or "S" or "M")
            .SelectMany(c => c[1].Split(", ").Select(reason => (reason.Trim('`'), c[2])));
        Assert.Equal(
            Expected.Where(e => e.Key != Reason.None).Select(e => (Quality.Bad(e.Key).ToString()["bad:".Length..], e.Value)).Order(),
            rows.Order());
    }
}
