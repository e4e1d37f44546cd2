using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Inputs, outputs and trips as the records that the gateway runs by, and what is foretold of them.</summary>
public sealed class TripSectionTests
{
    private static readonly Site Everything = SiteFile.Load(Path.Combine(TestFiles.Good, "everything.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;
    private static readonly Site Inlet = SiteFile.Load(Path.Combine(TestFiles.Examples, "protected-inlet.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;

    [Fact]
    public void An_input_may_be_a_point_of_a_device_and_means_what_its_word_says()
    {
        var spare = Everything.Inputs.Single(i => i.Id == "SPARE-301");
        Assert.Equal("XV-301.open", Everything.Points[spare.Point].Name);
        Assert.DoesNotContain(Everything.Devices, d => d.Id == "SPARE-301");
        Assert.Equal(Enum.GetValues<InputMeaning>().Skip(1), Everything.Inputs.Where(i => i.Means != InputMeaning.None).Select(i => i.Means));
        var alarm = Everything.Alarms.Single(a => a.Id == "XA-310");
        Assert.Equal((spare.Point, new AlarmCause(false, Everything.Inputs[0].Point)), (alarm.Point, alarm.SuppressWhen!.Value));
    }

    [Fact]
    public void A_contact_may_say_more_than_its_line()
    {
        var valve = Everything.Outputs[0];
        var open = (SwitchOptions)Everything.Devices.Single(d => d.Id == "XV-302.open");
        Assert.Equal((new LineOptions(32, null, ActiveLow: true, LinePull.Up, Ms(10)), Ms(50)), (open.Line, open.Every));
        var closed = (SwitchOptions)Everything.Devices.Single(d => d.Id == "XV-302.closed");
        Assert.Equal((new LineOptions(31, null, ActiveLow: false, LinePull.AsIs, Ms(20)), Ms(100)), (closed.Line, closed.Every));
        Assert.Equal((open.Point, closed.Point), (valve.Proof!.EnergisedPoint, valve.Proof.DeEnergisedPoint));
        Assert.Equal(("XV-302.read-back", Ms(500), Ms(25000)), (Everything.Points[valve.ReadBack!.Value].Name, valve.ReadBackWithin, valve.HoldThroughRestart));
        Assert.Equal([Backstop.ReleasedLine, Backstop.HardWired], valve.Backstops);
    }

    [Fact]
    public void An_output_of_a_Modbus_device_is_leave_for_its_own_two_values()
    {
        var (pump, valve) = (Everything.Outputs[1], Everything.Outputs[2]);
        var (bridge, level) = (Index("XV-301"), Index("LT-201"));
        Assert.Equal(new RegisterOutput(1, bridge, 5, 12, 1, 0, Ms(10_000)), pump.Place);
        Assert.Equal(new RegisterOutput(1, level, 6, 40, 1, 2, null), valve.Place);
        Assert.Contains(new WriteGrant(5, new RegisterRange(12, 12), 0, 1, 0), ((ModbusDeviceOptions)Everything.Devices[bridge]).Writes);
        Assert.Equal([new WriteGrant(6, new RegisterRange(40, 40), 1, 2, 0)], ((ModbusDeviceOptions)Everything.Devices[level]).Writes);
        Assert.Equal(("XV-301.open", "XV-301.closed"), (Everything.Points[pump.HandOffAuto!.HandPoint!.Value].Name, Everything.Points[pump.HandOffAuto.AutoPoint].Name));
        Assert.Equal((true, false, "J. Doe, 2026-11-01: the valve has its own accumulator"), (valve.SafeEnergised, valve.NormalEnergised, valve.EnergyAccepted));
        Assert.Equal(Ms(30_000), pump.MinimumSafe);

        int Index(string id) => Everything.Devices.ToList().FindIndex(d => d.Id == id);
    }

    [Fact]
    public void A_setpoint_that_cannot_be_read_is_one_fault_and_its_trip_is_not_answered_as_well() =>
        Assert.Contains("'6.5 m' is of the quantity length", TestFiles.OnlyFault(File.ReadAllText(Path.Combine(TestFiles.Examples, "protected-inlet.yaml")).Replace("high: 6.5 bar", "high: 6.5 m", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void Words_of_a_trip_come_as_written_and_what_is_not_written_has_its_default()
    {
        var (close, stop, shut) = (Everything.Trips[0], Everything.Trips[1], Everything.Trips[2]);
        Assert.Equal((Ms(20_000), TimeSpan.FromHours(1), TimeSpan.FromMinutes(10), new DateOnly(2027, 11, 1)), (close.Settle, close.InhibitAtMost, close.TestAtMost, close.ProofTestDue));
        Assert.Equal((true, true, false), (close.Armed, close.ManualReset, close.ResumeAfterCrash));
        Assert.Equal((false, false, true, OnBadKind.Hold), (stop.Armed, stop.ManualReset, stop.ResumeAfterCrash, stop.OnBad.Kind));
        Assert.Equal((Ms(10_000), TimeSpan.FromHours(8), TimeSpan.FromHours(1), null, OnBadKind.AlarmOnly), (shut.Settle, shut.InhibitAtMost, shut.TestAtMost, shut.ProofTestDue, shut.OnBad.Kind));
        Assert.Equal([0, 1], close.Effect);
        Assert.IsType<CauseNot>(close.Permissive);
        Assert.Equal(
            [typeof(CauseOf), typeof(CauseOf), typeof(CauseAfter), typeof(CauseVote), typeof(CauseAfter)],
            Assert.IsType<CauseAny>(close.Cause).Of.Select(c => c.GetType()));
        Assert.Equal(2, ((CauseVote)((CauseAny)close.Cause).Of[3]).Needs);
        Assert.Equal(AlarmPriority.Low, Everything.Alarms.Single(a => a.Id == "stop-303.tripped").Priority);
        Assert.Equal((Ms(250), true), (Everything.Heartbeat!.Every, Everything.Heartbeat.Place.Line.ActiveLow));
        Assert.Equal(TimeSpan.FromHours(4), Everything.Maintenance.Longest);
    }

    [Fact]
    public void The_chain_of_the_example_is_the_sum_of_its_parts()
    {
        var trip = Inlet.Trips[0];

        // The current loop counts as failed with the first scan that is 4 s after the first one behind the break, and 4 s later P-101.all-bad says so: slower than a sensor that tells.
        Assert.Equal(
            [("PT-101C.pressure counts as lost", 4.42), ("on-delay of P-101.all-bad", 4), ("the node itself (assumed)", 0.1), ("XV-101 moves to closed", 40)],
            TripChain.Seen(Inlet, FieldTimes.Of(Inlet), trip).Parts.Select(p => (p.What, p.Time.TotalSeconds)));
        Assert.Null(TripChain.Blind(Inlet, FieldTimes.Of(Inlet), trip)); // all-bad: trip, so this cause is never unknown
        Assert.Null(TripChain.Dead(Inlet, trip));
        Assert.Equal(Ms(60_000), TripChain.Limit(trip));

        var alone = trip with { Cause = new CauseOf(new AlarmCause(true, 0)) };
        Assert.Equal(
            [("PT-101A.pressure is read every", 1.0), ("the scan before takes longer than that", 0.028), ("the other device of rs485 goes first, and may die", 1.076), ("PT-101A answers at the latest", 1.028), ("on-delay of PAHH-101", 1), ("the node itself (assumed)", 0.1), ("XV-101 moves to closed", 40)],
            TripChain.Seen(Inlet with { Groups = [Inlet.Groups[0] with { AllBad = AllBad.AlarmOnly }] }, FieldTimes.Of(Inlet), alone).Parts.Select(p => (p.What, Math.Round(p.Time.TotalSeconds, 3))));
        Assert.Equal(
            [("PT-101C.pressure counts as lost", 4.42), ("the cause is unknown for trip-after", 10), ("the node itself (assumed)", 0.1), ("XV-101 moves to closed", 40)],
            TripChain.Blind(Inlet with { Groups = [Inlet.Groups[0] with { AllBad = AllBad.AlarmOnly }] }, FieldTimes.Of(Inlet), alone)!.Parts.Select(p => (p.What, p.Time.TotalSeconds)));
    }

    [Fact]
    public void Under_a_not_the_off_delay_counts_and_after_does_not()
    {
        var alarm = Inlet.Alarms[1]; // low flow: it ends with the next pulse, and begins only after the meter's silence
        var site = Inlet with { Alarms = Inlet.Alarms.SetItem(1, alarm with { OffDelay = Ms(7000) }) };
        Cause low = new CauseAfter(Ms(5000), new CauseOf(new AlarmCause(true, 1)));
        Assert.Equal([1.0, 300, 15, 5, 0.1, 40], Seen(low));
        Assert.Equal([1.0, 7, 0.1, 40], Seen(new CauseNot(low)));

        IEnumerable<double> Seen(Cause cause) => TripChain.Seen(site, FieldTimes.Of(site), site.Trips[0] with { Cause = cause }).Parts.Select(p => p.Time.TotalSeconds);
    }

    [Fact]
    public void A_Modbus_output_waits_for_the_request_that_is_out_and_for_another_output_and_has_the_watchdog_of_its_device()
    {
        var trip = Everything.Trips[0] with { Effect = [1], Cause = new CauseOf(new AlarmCause(false, Everything.Inputs[0].Point)) };
        Assert.Equal([0.2, 0.05, 0.1, 1, 1, 1], TripChain.Seen(Everything, FieldTimes.Of(Everything), trip).Parts.Select(p => p.Time.TotalSeconds));
        Assert.Equal([("the watchdog of XV-301 acts", 10.0)], TripChain.Dead(Everything, trip)!.Parts.Select(p => (p.What, p.Time.TotalSeconds)));
    }

    [Fact]
    public void Plan_shows_each_trip_against_half_of_its_process_safety_time()
    {
        Assert.Equal("Trip close-inlet: from the process to XV-101 closed at most 48.5 s; half of the process safety time is 60 s.", PlanTrips.Headline(Inlet, Inlet.Trips[0]));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            PlanTrips.Write(json, Inlet);
            json.WriteEndObject();
        }

        var trip = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("trips")[0];
        Assert.Equal((48.52, 60.0), (trip.GetProperty("seen").GetProperty("seconds").GetDouble(), trip.GetProperty("limitSeconds").GetDouble()));
        Assert.Equal("XV-101 moves to closed", trip.GetProperty("seen").GetProperty("parts")[3].GetProperty("what").GetString());
        Assert.Empty(trip.GetProperty("withoutTravel").EnumerateArray());
        Assert.Contains(PlanTrips.Assumptions(Everything), l => l.StartsWith("Trip stop-303 does not come", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_proof_plan_does_not_promise_that_the_valve_is_closed()
    {
        var site = WithoutProof.Site!;
        Assert.Equal(
            "Trip close-inlet: from the process to XV-101 driven to closed at most 8.52 s, the travel of XV-101 not counted (no `proof`); half of the process safety time is 60 s.",
            PlanTrips.Headline(site, site.Trips[0]));
        Assert.Equal(
            "Trip close-302: from the process to XV-302 closed and P-303 driven to stopped at most 64.9 s, the travel of P-303 not counted (no `proof`); half of the process safety time is 90 s.",
            PlanTrips.Headline(Everything, Everything.Trips[0]));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            PlanTrips.Write(json, site);
            json.WriteEndObject();
        }

        Assert.Equal("""["XV-101"]""", JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("trips")[0].GetProperty("withoutTravel").GetRawText());
    }

    [Fact]
    public void An_armed_trip_whose_output_has_no_proof_is_hinted_at_where_the_trip_names_it()
    {
        var hint = Assert.Single(WithoutProof.Hints);
        Assert.StartsWith("close-inlet: XV-101 has no `proof`, so how long it takes to be closed is not in the sum that is held against half of the process safety time (60s). ", hint.Message, StringComparison.Ordinal);
        Assert.Contains("`proof: { closed: CONTACT, open: CONTACT, within: TRAVEL }`", hint.Message, StringComparison.Ordinal);
        var line = WithoutProofText.Split('\n')[hint.Line - 1];
        Assert.Equal("effect: [ XV-101 ]", line[(hint.Column - 1)..].Trim());
        Assert.Empty(TestFiles.Parse(WithoutProofText.Replace("mode: armed ", "mode: shadow ", StringComparison.Ordinal)).Hints);
    }

    [Fact]
    public void A_Modbus_output_without_a_watchdog_of_its_device_is_hinted_at_trip_or_not()
    {
        var site = TestFiles.Small + "outputs:\n  - { id: P-1, device: PT-101, coil: 5, normal: energised, safe: de-energised }\n";
        var hint = Assert.Single(TestFiles.Parse(site).Hints);
        Assert.Equal((site.Split('\n').Length - 1, 16), (hint.Line, hint.Column));
        Assert.StartsWith("P-1: nothing says that PT-101 has a watchdog of its own, so the output stays as it is", hint.Message, StringComparison.Ordinal);
        Assert.Contains("only ExecStopPost of its unit makes it de-energised. ", hint.Message, StringComparison.Ordinal);
        Assert.Empty(TestFiles.Parse(site.Replace("coil: 5", "coil: 5, device-watchdog: 10s", StringComparison.Ordinal)).Hints);
    }

    [Fact]
    public void A_bus_that_cannot_keep_its_periods_is_hinted_at_where_no_trip_is_decided_by_it()
    {
        var lines = File.ReadAllLines(Path.Combine(TestFiles.Faults, "bus-overloaded.yaml"));
        Assert.Equal("trips:", lines[^4]);
        var hints = TestFiles.Parse(string.Join('\n', lines[..^4]) + "\n").Hints;
        Assert.Equal([(3, 3), (4, 3), (5, 3)], hints.Select(h => (h.Line, h.Column)));
        Assert.StartsWith("the bus 'spare' cannot keep its periods: the readings of its devices take 208 % of its time. Write periods ('every') that are 2.1 times as long or more, ", hints[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_leave_nothing_of_their_protection_open() =>
        Assert.All(Directory.EnumerateFiles(TestFiles.Examples, "*.yaml"), f => Assert.Empty(SiteFile.Load(f, TestFiles.Profiles, FieldTimes.Of).Hints));

    [Fact]
    public void Meta_tells_the_platform_what_inputs_outputs_and_trips_are()
    {
        using var encoder = new SiteEncoder(Inlet);
        var buffer = new PayloadBuffer();
        encoder.EncodeMeta(buffer);
        var meta = JsonDocument.Parse(buffer.Written).RootElement;
        Assert.Equal("""{"id":"HS-101","of":"HS-101.state","means":"acknowledge"}""", meta.GetProperty("inputs")[1].GetRawText());
        Assert.Equal(
            """{"id":"XV-101","normal":"open","safe":"closed","energised":"open","backstop":["released-line","watchdog-relay"],"proof":{"open":"XV-101.open","closed":"XV-101.closed","within":40}}""",
            meta.GetProperty("outputs")[0].GetRawText());
        Assert.Equal(
            """{"id":"close-inlet","mode":"armed","cause":{"any":["PAHH-101","P-101.all-bad"]},"effect":["XV-101"],"onBad":"trip-after","tripAfter":10,"processSafetyTime":120,"reset":"manual"}""",
            meta.GetProperty("trips")[0].GetRawText());
        Assert.Equal("close-inlet", Owner("close-inlet.tripped", "trip"));
        Assert.Equal("XV-101", Owner("XV-101.fault", "output"));

        using var all = new SiteEncoder(Everything);
        all.EncodeMeta(buffer);
        Assert.Equal(
            """{"any":["PAHH-300","P-300.all-bad",{"of":{"all":["LAH-201",{"not":"PUMP-STOPPED.state"}]},"after":2},{"2oo3":["PAHH-102","LS-301.state","XV-301.open"]},{"of":"LSH-301","after":1}]}""",
            JsonDocument.Parse(buffer.Written).RootElement.GetProperty("trips")[0].GetProperty("cause").GetRawText());

        string? Owner(string point, string key) =>
            meta.GetProperty("points").EnumerateArray().Single(p => p.GetProperty("name").GetString() == point).GetProperty(key).GetString();
    }

    [Fact]
    public void What_is_allowed_and_perhaps_not_meant_is_hinted_at()
    {
        Assert.DoesNotContain(SiteHints.Of(Inlet, TestFiles.Profiles), h => h.Contains("XV-101", StringComparison.Ordinal));
        var hints = SiteHints.Of(Inlet with { Heartbeat = null, Trips = [Inlet.Trips[0] with { Effect = [], OnBad = new OnBad(OnBadKind.Hold, default) }] }, TestFiles.Profiles);
        Assert.Contains(hints, h => h.StartsWith("XV-101: its backstop is a watchdog relay", StringComparison.Ordinal));
        Assert.Contains(hints, h => h.StartsWith("XV-101: no trip has it", StringComparison.Ordinal));
        Assert.Contains(hints, h => h.StartsWith("close-inlet: it does not trip", StringComparison.Ordinal));
    }

    private static string WithoutProofText { get; } = File.ReadAllText(Path.Combine(TestFiles.Examples, "protected-inlet.yaml")).Replace("    proof: { closed: 23, open: 24, within: 40s }\n", "", StringComparison.Ordinal);

    private static SiteResult WithoutProof => TestFiles.Parse(WithoutProofText);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
