using System.Collections.Concurrent;
using System.Net.Sockets;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hold;
using EdgeNode.Gateway.Verbs;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Logging.Abstractions;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The new run and the keeper, by their real socket: who has an output when the one is late, stands still, or does not know it.</summary>
public sealed class HandOverTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-over-").FullName;
    private readonly ConcurrentQueue<(int Output, string Why)> _held = [];
    private readonly FakePort _coil = new(TimeProvider.System);
    private volatile string _fault = "";
    private int _driven;

    private string Path => System.IO.Path.Combine(_data, HoldWire.FileName);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_the_run_knows_only_after_the_end_of_the_time_is_safe_for_both()
    {
        var (keeper, service) = Keep(TimeSpan.FromSeconds(3), "", CancellationToken.None);
        var board = new StationBoard(Coil) { Outputs = [Normal with { Driven = null }] }; // its causes are good, and the device has not acknowledged yet
        await using var carried = await TakeAsync(Coil);
        var port = Wrap(carried);
        carried.Follow(board);
        await TestWait.UntilAsync(() => _held.Any(h => h is { Output: 0, Why: CarriedOutputs.ByLate }), "the run holds it safe");
        await TestWait.UntilAsync(() => keeper.Outputs[0].Attempts > 0, "the keeper has driven it safe");
        board.Outputs = [Normal]; // now it comes
        Assert.False(port.Drive(true, CancellationToken.None).Done);
        Assert.False(_coil.Drives[^1].Energised);
        Assert.False(service.IsCompleted); // the keeper does not say safe while the run may drive
        board.Outputs = [Safe];
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.SafeByRun, keeper.Outputs[0].End);
        port.Drive(false, CancellationToken.None);
        await TestWait.UntilAsync(() => port.Drive(true, CancellationToken.None).Done, "a person has reset it, and the run has heard that all is over");
    }

    [Fact]
    public async Task What_it_knows_in_time_is_its_own_for_both()
    {
        var (keeper, service) = Keep(TimeSpan.FromMinutes(10), "", CancellationToken.None);
        await File.WriteAllTextAsync(System.IO.Path.Combine(_data, HeldSite.FileName), "", TestContext.Current.CancellationToken);
        var board = new StationBoard(Coil) { Outputs = [Normal with { IsCarried = true }] };
        await using var carried = await TakeAsync(Coil);
        var port = Wrap(carried);
        carried.Follow(board);
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        Assert.False(carried.IsOver);
        board.Outputs = [Normal];
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((HoldEnd.Normal, 0), (keeper.Outputs[0].End, _driven));
        await TestWait.UntilAsync(() => !File.Exists(System.IO.Path.Combine(_data, HeldSite.FileName)), "all is accounted for");
        await TestWait.UntilAsync(() => carried.IsOver, "and from then on another restart may be asked for");
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        Assert.Empty(_held);
    }

    [Fact]
    public async Task What_the_keeper_is_making_safe_when_the_run_comes_begins_safe_and_is_not_energised_before_the_keeper_has_let_go_of_it()
    {
        var (keeper, service) = Keep(TimeSpan.Zero, "there is no link", CancellationToken.None);
        await TestWait.UntilAsync(() => keeper.Outputs[0] is { Attempts: > 0, IsDriving: false }, "the keeper has tried, and will again");
        _coil.Fault = "there is no link";
        var board = new StationBoard(Coil) { Outputs = [Safe with { Driven = null }] };
        await using var carried = await TakeAsync(Coil);
        var port = Wrap(carried);
        carried.Follow(board);
        Assert.False(port.Drive(false, CancellationToken.None).Done);
        board.Outputs = [Normal with { Driven = null }]; // the reset of the run before counts, and the keeper would drive against it
        Assert.Equal(Hardware.CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault);
        var driven = Volatile.Read(ref _driven);
        _fault = ""; // the keeper does not take its own attempt for the end while a run is there
        await TestWait.UntilAsync(() => Volatile.Read(ref _driven) > driven, "the keeper has tried once more");
        Assert.False(service.IsCompleted);
        _coil.Fault = "";
        Assert.Equal(Hardware.CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault); // it is driven safe instead, and that is taken
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.SafeByRun, keeper.Outputs[0].End);
        Assert.DoesNotContain(_coil.Drives, d => d.Energised);
        await TestWait.UntilAsync(() => port.Drive(true, CancellationToken.None).Done, "it is the run's");
        Assert.Empty(_held); // as after any other end: nobody has to reset it
    }

    [Fact]
    public async Task What_the_new_site_file_grants_no_hold_the_keeper_makes_safe_at_once_and_it_is_not_energised_before_the_keeper_has_let_go_of_it()
    {
        var site = Coil with { Outputs = [Coil.Outputs[0] with { HoldThroughRestart = TimeSpan.Zero }] };
        var (keeper, service) = Keep(TimeSpan.FromMinutes(10), "there is no link", CancellationToken.None);
        _coil.Fault = "there is no link";
        var board = new StationBoard(site) { Outputs = [Safe with { Driven = null }] };
        await using var carried = await TakeAsync(site);
        var port = Wrap(carried);
        carried.Follow(board);
        await TestWait.UntilAsync(() => keeper.Outputs[0].Attempts > 0, "the keeper has tried, though the run may never come to it");
        Assert.False(port.Drive(false, CancellationToken.None).Done);
        board.Outputs = [Normal with { Driven = null }]; // the reset of the run before counts, before the device has answered for the first time
        Assert.Equal(Hardware.CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault);
        _coil.Fault = "";
        Assert.Equal(Hardware.CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault); // it is driven safe instead, and that is taken
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.SafeByRun, keeper.Outputs[0].End);
        Assert.DoesNotContain(_coil.Drives, d => d.Energised);
        await TestWait.UntilAsync(() => port.Drive(true, CancellationToken.None).Done, "it is the run's");
        Assert.Empty(_held);
    }

    [Fact]
    public async Task An_attempt_that_ends_after_the_run_has_come_is_the_end_and_the_run_is_told_so()
    {
        var answers = new TaskCompletionSource<IReadOnlyDictionary<string, string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new ConcurrentQueue<string>();
        var keeper = new HoldKeeper(TimeProvider.System, _ => answers.Task);
        keeper.Begin([Held(TimeSpan.Zero)]);
        keeper.RunDue(); // it is due
        keeper.RunDue(); // it is tried
        Assert.True(keeper.Outputs[0].IsDriving);
        Assert.Equal(TimeSpan.Zero, Assert.Single(keeper.HandOver(told.Enqueue)).Left);
        answers.SetResult(new Dictionary<string, string>());
        await keeper.Over.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);
        keeper.SafeByRun("P-1");
        Assert.Equal(["over", "yours P-1"], told);
    }

    [Fact]
    public void A_second_run_is_given_what_is_being_made_safe_and_nothing_else()
    {
        var keeper = new HoldKeeper(TimeProvider.System, _ => new TaskCompletionSource<IReadOnlyDictionary<string, string>>().Task);
        keeper.Begin([Held(TimeSpan.FromMinutes(10))]);
        Assert.True(Assert.Single(keeper.HandOver(_ => { })).Left > TimeSpan.Zero);
        Assert.Empty(keeper.HandOver(_ => { })); // the first is still there
        keeper.AfterEnded();
        Assert.Equal(TimeSpan.Zero, Assert.Single(keeper.HandOver(_ => { })).Left);
    }

    [Fact]
    public async Task A_keeper_that_stands_still_answers_nothing_and_the_run_makes_it_safe_by_itself()
    {
        using var listener = Listen();
        using var run = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await run.ConnectAsync(new UnixDomainSocketEndPoint(Path), TestContext.Current.CancellationToken);
        using var stopped = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var board = new StationBoard(Coil) { Outputs = [Normal] };
        await using var carried = new CarriedOutputs(
            Coil, Coil, _data, TimeProvider.System, NullLogger.Instance, new TakenOutputs([Held(TimeSpan.FromSeconds(1))], run, TimeProvider.System.Monotonic()));
        var port = Wrap(carried);
        carried.Follow(board);
        await TestWait.UntilAsync(() => _held.Any(h => h.Why == CarriedOutputs.ByLate), "the run holds it safe");
        var said = new byte[64];
        Assert.Equal("normal P-1\n", System.Text.Encoding.UTF8.GetString(said, 0, stopped.Receive(said))); // it did ask
        Assert.False(port.Drive(true, CancellationToken.None).Done);
        Assert.False(_coil.Drives[^1].Energised);
    }

    [Fact]
    public async Task What_was_given_away_and_is_asked_for_once_more_is_made_safe_by_the_run_which_says_so_and_waits_for_the_keeper()
    {
        using var listener = Listen();
        using var run = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await run.ConnectAsync(new UnixDomainSocketEndPoint(Path), TestContext.Current.CancellationToken);
        using var keeper = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var heard = new Gateway.Hands.HandsLines(keeper, 64);
        var board = new StationBoard(Coil) { Outputs = [Normal] };
        await using var carried = new CarriedOutputs(
            Coil, Coil, _data, TimeProvider.System, NullLogger.Instance, new TakenOutputs([Held(TimeSpan.FromMinutes(10))], run, TimeProvider.System.Monotonic()));
        var port = Wrap(carried);
        carried.Follow(board);
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        Assert.Equal("normal P-1", await HearAsync());
        keeper.Send("yours P-1\n"u8);
        Assert.Equal("kept P-1", await HearAsync());
        keeper.Send("late P-1\n"u8); // a person has ended the verb before it heard that
        await TestWait.UntilAsync(() => _held.Any(h => h.Why == CarriedOutputs.ByLate), "the run holds it safe");
        Assert.Equal((false, CarriedOutputs.ByLate), (port.Drive(true, CancellationToken.None).Done, port.Drive(true, CancellationToken.None).Fault));
        Assert.True(port.Drive(false, CancellationToken.None).Done);
        board.Outputs = [Safe];
        Assert.Equal("safe P-1", await HearAsync());
        Assert.Equal(Hardware.CarriedPort.NotGiven, port.Drive(true, CancellationToken.None).Fault); // a reset, and the keeper may still drive it safe
        keeper.Send("yours P-1\n"u8);
        await TestWait.UntilAsync(() => port.Drive(true, CancellationToken.None).Done, "the keeper has let go of it");

        async Task<string> HearAsync()
        {
            using var patience = new CancellationTokenSource(Deadline);
            return await heard.ReadAsync(patience.Token) is { } line ? System.Text.Encoding.UTF8.GetString(line.Span) : "";
        }
    }

    [Fact]
    public async Task What_the_site_file_has_no_longer_is_made_safe_by_the_keeper_and_stays_written_down_when_that_is_ended_before()
    {
        using var end = new CancellationTokenSource();
        var (keeper, service) = Keep(TimeSpan.FromMinutes(10), "there is no link", end.Token);
        await File.WriteAllTextAsync(System.IO.Path.Combine(_data, HeldSite.FileName), "not a site file", TestContext.Current.CancellationToken);
        await using var carried = await TakeAsync(OutputSite.Of());
        carried.Follow(new StationBoard(OutputSite.Of()));
        await TestWait.UntilAsync(() => keeper.Outputs[0].Attempts > 0, "the keeper has tried");
        Assert.False(service.IsCompleted);
        await end.CancelAsync(); // a person ends the verb
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((HoldEnd.Failed, "there is no link"), (keeper.Outputs[0].End, keeper.Outputs[0].Fault));
        await TestWait.UntilAsync(() => !File.Exists(Path), "the run knows that the keeper is gone");
        Assert.True(File.Exists(System.IO.Path.Combine(_data, HeldSite.FileName)));
    }

    [Fact]
    public void Of_an_output_that_was_held_it_is_known_whether_another_site_still_drives_it()
    {
        var line = OutputSite.Of(Valve with { HoldThroughRestart = TimeSpan.FromSeconds(5) }, Valve with { Id = "XV-102", Place = new LineOutput(0, new LineOptions(23, null, false, LinePull.Down, TimeSpan.Zero)) });
        Assert.Equal(["XV-101"], HeldSite.NotIn(line, OutputSite.Of()));
        Assert.Empty(HeldSite.NotIn(line, OutputSite.Of(Valve with { Id = "XV-901" }))); // by where it is driven, not by its name
    }

    [Theory]
    [InlineData(new[] { "auto-restart", "dead", "start", "dead", "dead" }, true)]
    [InlineData(new[] { "failed", "failed" }, true)]
    [InlineData(new[] { "dead", null }, false)] // there is no systemd to ask
    public async Task A_unit_that_is_dead_twice_in_a_row_was_stopped(string?[] states, bool stopped)
    {
        var left = new Queue<string?>(states);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var wait = new UnitStop(_ => Task.FromResult(left.Dequeue()), time).WaitAsync(TestContext.Current.CancellationToken);
        while (!wait.IsCompleted)
        {
            time.Advance(UnitStop.Every);
            await Task.Yield();
        }

        Assert.Equal((stopped, 0), (await wait, left.Count));
    }

    [Theory]
    [InlineData("running", true)]
    [InlineData("dead", false)] // one of another machine, as it looks from here
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Only_a_unit_that_is_seen_to_run_is_watched(string? state, bool runs) =>
        Assert.Equal(runs, await new UnitStop(_ => Task.FromResult(state), TimeProvider.System).RunsAsync(TestContext.Current.CancellationToken));

    private static OutputStatus Normal => new(true, false, default) { Driven = true };

    private static OutputStatus Safe => new(false, true, default) { Driven = true };

    private static Site Coil { get; } = Stations.Site() with
    {
        Outputs = [Valve with { Id = "P-1", Place = new RegisterOutput(0, 0, 5, 3, 1, 0, null), Points = new OutputPoints(-1, -1), HoldThroughRestart = TimeSpan.FromHours(1) }],
    };

    private static HeldOutput Held(TimeSpan left) => new("P-1", SafeDrive.Place(Coil, Coil.Outputs[0].Place), false, left, null);

    private IOutputPort Wrap(CarriedOutputs carried) =>
        carried.Wrap(DrivenPorts.None with { Outputs = [new Seen(_coil)] }, (output, why) => _held.Enqueue((output, why))).Outputs[0];

    private async Task<CarriedOutputs> TakeAsync(Site site)
    {
        var taken = await HoldClient.TakeAsync(_data, TimeProvider.System);
        Assert.NotNull(taken);
        return new CarriedOutputs(site, Coil, _data, TimeProvider.System, NullLogger.Instance, taken);
    }

    private (HoldKeeper Keeper, Task Service) Keep(TimeSpan time, string fault, CancellationToken end)
    {
        var keeper = new HoldKeeper(TimeProvider.System, ids =>
        {
            Interlocked.Increment(ref _driven);
            return Task.FromResult<IReadOnlyDictionary<string, string>>(ids.Where(_ => _fault.Length > 0).ToDictionary(id => id, _ => _fault));
        });
        _fault = fault;
        keeper.Begin([Held(time)]);
        return (keeper, new HoldService(Listen(), keeper, 0).RunAsync(CancellationToken.None, end));
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        return listener;
    }

    /// <summary>A coil that reads as it was left.</summary>
    private sealed class Seen(FakePort port) : IOutputPort
    {
        public bool? Look(CancellationToken stop) => true;

        public OutputResult Drive(bool energised, CancellationToken stop) => port.Drive(energised, stop);

        public void Dispose() => port.Dispose();
    }
}
