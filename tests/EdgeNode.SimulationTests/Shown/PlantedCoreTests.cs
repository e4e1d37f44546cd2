using System.Globalization;
using EdgeNode.SimulationTests.Protection;
using EdgeNode.SimulationTests.Protection.Planted;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Bugs planted inside of Vote, Evaluate and Act. The observers of the world must find each, by what it does to the station and to its alarms.</summary>
public class PlantedCoreTests(ITestOutputHelper output)
{
    private const int FirstSeed = 105;
    private const int MostSeeds = 12;
    private const double Hours = 2;

    private const string Core = "EdgeNode.Core.";

    [Fact]
    public void The_copy_without_a_bug_is_the_product_step_by_step()
    {
        var (finding, _, trace) = new PlantedCore([], []).Play(FirstSeed, 0.5);
        Assert.Equal((null, LivedPlant.Play(FirstSeed, TimeSpan.FromHours(0.5)).Trace.Hash), (finding, trace));
    }

    // Vote.
    [Fact]
    public void A_vote_that_needs_one_member_more_than_it_says_is_found() => IsFound("(9) PAH-101 is not active", [new Edit(Core + "Vote.VoteTable", "Count", "bge.s", "bgt.s")]);

    [Fact]
    public void A_vote_that_waits_for_a_member_that_is_bad_is_found() => IsFound("(9) PAHH-101 is not active", [], new Cell(Core + "Vote.VoteTable", "Standings", 3, -1, "Open"));

    [Fact]
    public void All_bad_that_does_not_trip_is_found() => IsFound("(9) PAHH-101 is not active", [], new Cell(Core + "Vote.VoteTable", "WithoutVote", 2, -1, "False"));

    // Evaluate.
    [Fact]
    public void A_deadband_on_the_wrong_side_is_found() =>
        IsFound("(9)", [new Edit(Core + "Vote.SetpointCondition", "Ask", "add", "sub"), new Edit(Core + "Vote.SetpointCondition", "Ask", "sub", "add", 1)]);

    [Fact]
    public void Delays_that_are_taken_one_for_the_other_are_found() => IsFound("(9)", [new Edit(Core + "Evaluate.DelayedCondition", "get_Deadline", "brtrue.s", "brfalse.s", 1)]);

    [Fact]
    public void Delays_that_nobody_waits_for_are_found() => IsFound("(9)", [new Edit(Core + "Evaluate.DelayedCondition", "get_Deadline", "op_Addition", "op_Subtraction")]);

    [Fact]
    public void A_group_whose_first_alarm_is_not_marked_is_found() => IsFound("(9)", [new Edit(Core + "Evaluate.SiteAlarms+FirstOutGroup", "Announced", "brtrue.s", "brfalse.s")]);

    [Fact]
    public void An_acknowledgement_that_is_taken_for_the_end_of_the_condition_is_found()
    {
        Assert.Empty(LivedPlant.Live(FirstSeed, TimeSpan.FromHours(Hours), before: PlantedCore.AcknowledgeOften).Findings);
        IsFound("(8)", [new Edit(Core + "Evaluate.AlarmEvaluator", "Do", "ldc.i4.1", "ldc.i4.3")], acknowledging: true);
    }

    // Act.
    [Fact]
    public void A_reset_that_is_taken_while_the_cause_stands_is_found() => IsFound(
        "(2)", [new Edit(Core + "Act.TripEvaluator", "Look", "ceq", "cgt.un")], new Cell(Core + "Act.TripTable", "Rows", 1, 6, "Y"));

    [Fact]
    public void A_settle_time_that_counts_the_wrong_way_is_found() => IsFound("(2)", [new Edit(Core + "Act.TripEvaluator", "get_HasSettled", "op_GreaterThanOrEqual", "op_LessThanOrEqual")]);

    [Fact]
    public void A_settle_time_that_counts_while_an_on_delay_runs_is_found() => IsFound("(2)", [new Edit(Core + "Evaluate.DelayedCondition", "get_Pending", "beq.s", "bne.un.s")]);

    [Fact]
    public void A_cause_of_so_many_that_needs_one_more_is_found() => IsFound("(9) ", [new Edit(Core + "Act.CauseTree+Vote+Count", "Reaches", "bge.s", "bgt.s")]);

    [Fact]
    public void An_after_that_does_not_last_is_found() => IsFound("(9) dry-run", [new Edit(Core + "Act.CauseTree+After", "Counted", "op_GreaterThanOrEqual", "op_LessThanOrEqual")]);

    /// <param name="words">How the finding begins that is meant for it.</param>
    /// <param name="edits">The bug.</param>
    /// <param name="cell">The bug, or a part of it, in a table.</param>
    /// <param name="acknowledging">As <see cref="PlantedCore.Play"/> has it.</param>
    private void IsFound(string words, Edit[] edits, Cell? cell = null, bool acknowledging = false)
    {
        var core = new PlantedCore(edits, cell is null ? [] : [cell]);
        var (others, hours) = (new List<string>(), 0.0);
        for (var seed = FirstSeed; seed < FirstSeed + MostSeeds; seed++)
        {
            var (finding, played, _) = core.Play(seed, Hours, acknowledging);
            hours += played;
            if (finding?.StartsWith(words, StringComparison.Ordinal) == true)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"found in seed {seed}, number {seed - FirstSeed + 1}, after {hours:F2} virtual hours: {finding}"));
                core.Unload();
                return;
            }

            others.AddRange(finding is null ? [] : [finding]);
        }

        Assert.Fail($"the bug is not found as \"{words}\" in {hours:F1} virtual hours; what was found is: {string.Join("; ", others)}");
    }
}
