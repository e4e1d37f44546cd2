using EdgeNode.Core.Model;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Simulation.Gpio;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What <c>outputs safe --site</c> does after the death of the gateway, by both release rules; and what it goes by.</summary>
public sealed class SafeAloneTests : IFieldSeams, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-safe-").FullName;
    private SimulatedGpioChip _chip = new(TimeProvider.System);
    private readonly List<int> _opened = [];
    private int? _thrown;

    [Theory]
    [InlineData(ReleaseRule.Reverts, false)]
    [InlineData(ReleaseRule.Persists, true)]
    public async Task A_killed_gateways_line_is_driven_to_its_safe_state_whatever_the_kernel_left(ReleaseRule rule, bool left)
    {
        _chip = new SimulatedGpioChip(TimeProvider.System) { OnRelease = rule };
        using var gateway = new GpioOutput(((LineOutput)Valve.Place).Line, _chip);
        gateway.Drive(true, CancellationToken.None);
        _chip.Kill();
        Assert.Equal(left, _chip.Level(22));
        var outcome = Assert.Single(await SafeDrive.DriveAsync([(Of(Valve), [0])], TestContext.Current.CancellationToken, this));
        Assert.Equal(("XV-101", "closed", "closed", true), (outcome.Id, outcome.Position, outcome.Reads, outcome.Result.Done));
        Assert.False(_chip.Level(22));
    }

    [Fact]
    public async Task A_safe_state_that_needs_energy_is_said_to_be_held_only_until_the_verb_ends()
    {
        var energised = Valve with { NormalEnergised = false, SafeEnergised = true };
        var outcome = Assert.Single(await SafeDrive.DriveAsync([(Of(energised), [0])], TestContext.Current.CancellationToken, this));
        Assert.True(_chip.Level(22));
        Assert.Contains("only until it ends", outcome.Until, StringComparison.Ordinal);
        using var other = new SafeAloneTests();
        Assert.Null(Assert.Single(await SafeDrive.DriveAsync([(Of(Valve), [0])], TestContext.Current.CancellationToken, other)).Until);
    }

    [Fact]
    public async Task One_that_cannot_be_driven_keeps_no_other_from_its_safe_state()
    {
        var other = Valve with { Id = "XV-102", Place = new LineOutput(0, new LineOptions(23, null, true, LinePull.Down, TimeSpan.Zero)), Points = new OutputPoints(-1, -1) };
        _chip.Taken.Add(22);
        var outcomes = await SafeDrive.DriveAsync([(Of(Valve, other), [0, 1])], TestContext.Current.CancellationToken, this);
        Assert.Equal([("XV-101", false, "line 22: Device or resource busy"), ("XV-102", true, "")], outcomes.Select(o => (o.Id, o.Result.Done, o.Result.Fault)));
        Assert.True(_chip.Level(23)); // active low: de-energised is high
    }

    [Fact]
    public async Task Each_output_of_a_bus_has_its_turn_before_one_that_fails_is_tried_again()
    {
        var other = Valve with { Id = "XV-102", Place = new LineOutput(0, new LineOptions(23, null, false, LinePull.Down, TimeSpan.Zero)), Points = new OutputPoints(-1, -1) };
        _thrown = 22;
        await SafeDrive.DriveAsync([(Of(Valve, other), [0, 1])], TestContext.Current.CancellationToken, this);
        Assert.Equal([22, 23, 22], _opened.Take(3));
    }

    [Fact]
    public void A_word_that_systemd_does_not_take_ends_nothing_and_is_said_again()
    {
        var (turns, tries) = (1L, 0);
        using var watchdog = new ServiceWatchdog(
            () => (Interlocked.Read(ref turns), Interlocked.Read(ref turns)),
            () =>
            {
                if (Interlocked.Increment(ref tries) == 1)
                {
                    throw new System.Net.Sockets.SocketException(111);
                }
            },
            TimeSpan.FromMilliseconds(4));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref tries) >= 2, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_port_that_throws_keeps_no_other_from_its_safe_state()
    {
        var other = Valve with { Id = "XV-102", Place = new LineOutput(0, new LineOptions(23, null, false, LinePull.Down, TimeSpan.Zero)), Points = new OutputPoints(-1, -1) };
        _thrown = 22;
        var outcomes = await SafeDrive.DriveAsync([(Of(Valve, other), [0, 1])], TestContext.Current.CancellationToken, this);
        Assert.Equal([("XV-101", false, "InvalidOperationException: planted"), ("XV-102", true, "")], outcomes.Select(o => (o.Id, o.Result.Done, o.Result.Fault)));
    }

    [Fact]
    public void What_the_gateway_ran_with_is_driven_too_where_the_site_file_names_another_place()
    {
        var moved = Valve with { Place = new LineOutput(0, new LineOptions(23, null, false, LinePull.Down, TimeSpan.Zero)) };
        var (now, before) = (Of(moved), Of(Valve, moved with { Id = "XV-102" }));
        Assert.Equal([(now, "0"), (before, "0")], SafeDrive.Plans([now, before], []).Select(p => (p.Site, string.Join(",", p.Outputs))));
        Assert.Equal([(before, "1")], SafeDrive.Plans([null, before], ["XV-102"]).Select(p => (p.Site, string.Join(",", p.Outputs))));
        Assert.Empty(SafeDrive.Plans([now, null], ["XV-103"]));
        Assert.Equal("There is no output XV-103; expected XV-101, XV-102.", SafeDrive.Unknown([now, before], ["XV-102", "XV-103"]));
        Assert.Equal("There is no output XV-103: the site has no outputs.", SafeDrive.Unknown([Of(), null], ["XV-103"]));
        Assert.Null(SafeDrive.Unknown([null, before], ["XV-102"]));
    }

    [Fact]
    public void What_a_gateway_that_runs_does_not_drive_is_driven_beside_it_and_all_else_is_asked_of_it()
    {
        LineOutput At(int line) => new(0, new LineOptions(line, null, false, LinePull.Down, TimeSpan.Zero));
        var held = Of(new[] { Valve, Valve with { Id = "XV-102", Place = At(23) } }.Select(o => o with { HoldThroughRestart = TimeSpan.FromSeconds(5) }).ToArray());
        string Split(Site? runs, Site? left, params string[] ids)
        {
            var (gateway, alone) = SafeDrive.Split(ids, runs, left);
            return $"{string.Join(' ', gateway)} | {string.Join(' ', alone)}";
        }

        Assert.Equal("XV-101 XV-102 | ", Split(held, held, "XV-101", "XV-102")); // it drives them where they were
        Assert.Equal("XV-101 | XV-102", Split(Of(Valve), held, "XV-101", "XV-102")); // the one is in the site file no longer
        Assert.Equal("XV-101 | XV-101", Split(Of(Valve with { Place = At(24) }), held, "XV-101")); // it was moved: both
        Assert.Equal("XV-101 | ", Split(Of(Valve with { Place = At(24) }), null, "XV-101")); // nothing is left of a restart
        Assert.Equal("XV-101 | ", Split(null, held, "XV-101"));
        Assert.Equal(" | ", Split(Of(Valve), held));
    }

    [Fact]
    public async Task The_site_file_with_which_the_gateway_ran_is_kept_and_a_broken_one_is_not_needed()
    {
        var path = Path.Combine(_data, "site.yaml");
        var failed = new List<string>();
        await File.WriteAllTextAsync(path, Good, TestContext.Current.CancellationToken);
        await LastSite.KeepAsync(path, _data, failed.Add);
        Assert.Empty(failed);
        Assert.Equal(["XV-101"], LastSite.Load(_data)!.Outputs.Select(o => o.Id));

        await File.WriteAllTextAsync(path, Good + "\nalarms: [ { id: PAH-101, of: NOTHING } ]\n", TestContext.Current.CancellationToken);
        Assert.Null(SiteReader.LoadToRun(path));
        Assert.NotNull(LastSite.Load(_data));
    }

    [Fact]
    public async Task A_copy_that_cannot_be_written_is_said_and_stops_nothing()
    {
        var failed = new List<string>();
        await LastSite.KeepAsync(Path.Combine(_data, "none.yaml"), _data, failed.Add);
        Assert.Single(failed);
        Assert.Null(LastSite.Load(_data));
    }

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "7", 30.0)]
    [InlineData("30000000", "8", null)] // meant for another process
    [InlineData("", null, null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("99999999999999999999", null, null)]
    public void The_watchdogs_time_is_what_systemd_writes_into_the_environment(string microseconds, string? pid, double? seconds) =>
        Assert.Equal(seconds, ServiceWatchdog.Period(microseconds, pid, 7)?.TotalSeconds);

    [Fact]
    public void The_watchdog_is_petted_when_both_steps_and_buses_have_gone_on_and_for_nothing_else()
    {
        var (steps, turns, pets) = (0L, 0L, 0);
        using var watchdog = new ServiceWatchdog(() => (Interlocked.Read(ref steps), Interlocked.Read(ref turns)), () => Interlocked.Increment(ref pets), TimeSpan.FromMilliseconds(4));
        bool PettedWithin(double seconds, int before) => SpinWait.SpinUntil(() => Volatile.Read(ref pets) > before, TimeSpan.FromSeconds(seconds));
        for (var i = 0; i < 3; i++)
        {
            var before = Volatile.Read(ref pets);
            Interlocked.Increment(ref steps);
            Assert.False(PettedWithin(0.05, before)); // the buses hang
            Interlocked.Increment(ref turns);
            Assert.True(PettedWithin(60, before));
            Assert.False(PettedWithin(0.05, before + 1));
        }
    }

    public II2cBus? I2c(I2cBusOptions bus) => null;

    public (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus) => (_chip, _chip);

    public IGpioChip Outputs(GpioBusOptions bus) => _thrown is { } line ? new ThrowingChip(_chip, line, _opened) : _chip;

    public void Dispose()
    {
        _chip.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private sealed class ThrowingChip(IGpioChip inner, int line, List<int> opened) : IGpioChip
    {
        public string Fault => inner.Fault;

        public bool TryFind(string name, out int number) => inner.TryFind(name, out number);

        public IEdgeLine? OpenEdges(EdgeRequest request) => inner.OpenEdges(request);

        public IOutputLine? OpenOutput(OutputRequest request)
        {
            opened.Add(request.Line);
            return request.Line == line ? throw new InvalidOperationException("planted") : inner.OpenOutput(request);
        }

        public void Dispose()
        {
        }
    }

    internal const string Good =
        """
        node: { id: en-1, site: test }
        buses: { gpio0: { gpio: /dev/gpiochip0 } }
        devices:
          - { id: LS-101, bus: gpio0, line: 4, profile: switch, every: 1s }
        outputs:
          - { id: XV-101, bus: gpio0, line: 22, active: high, energised: open, de-energised: closed, normal: open, safe: closed, backstop: hard-wired }
        """;
}
