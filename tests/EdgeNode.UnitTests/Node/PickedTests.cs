using System.Text.Json;
using EdgeNode.Gateway.Verbs;

namespace EdgeNode.UnitTests.Node;

/// <summary>What <c>outputs list XV-101</c> and <c>trips list ID</c> take of the gateway's answer.</summary>
public class PickedTests
{
    private static readonly JsonElement Answer = JsonElement.Parse("""{"ok":true,"trips":[{"id":"a","n":1},{"id":"b"},{"id":"c"}]}""");

    [Fact]
    public void Those_that_are_named_stay_in_the_order_of_the_answer() =>
        Assert.Equal("""{"ok":true,"trips":[{"id":"a","n":1},{"id":"c"}]}""", Picked.Of(Answer, "trips", "a trip", ["c", "a"])!.Value.GetRawText());

    [Fact]
    public void None_named_means_all_and_one_that_is_not_there_is_refused()
    {
        Assert.Equal(Answer.GetRawText(), Picked.Of(Answer, "trips", "a trip", [])!.Value.GetRawText());
        Assert.Null(Picked.Of(Answer, "trips", "a trip", ["a", "d"]));
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_waited_for_so_long_and_no_longer()
    {
        using var never = new ManualResetEventSlim();
        Assert.Equal((false, 0), await SlowDisk.ReadAsync(() =>
        {
            never.Wait(CancellationToken.None);
            return 1;
        }));
        never.Set();
        Assert.Equal((true, 2), await SlowDisk.ReadAsync(() => 2));
    }
}
