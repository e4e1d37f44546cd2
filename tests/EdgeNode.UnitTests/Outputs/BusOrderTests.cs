using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.UnitTests.Modbus;
using EdgeNode.UnitTests.Uplink;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>
/// The order of the requests on a Modbus bus with two outputs: XV-1 is coil 11 of device D1, XV-2 coil 12 of D2. What goes safe waits for the request that is out, and for nothing but
/// what goes safe as well.
/// </summary>
public sealed class BusOrderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<int, bool> _coils = [];
    private readonly StepLife _life = new();
    private readonly List<OutputReport> _reports = [];
    private readonly Rig _rig;
    private readonly OutputWriter _writer;
    private readonly DrivenPorts _ports;
    private Func<Ask, bool> _during = static _ => true;
    private Action<OutputReport>? _told;

    public BusOrderTests()
    {
        ModbusDeviceOptions[] devices = [Device(1), Device(2)];
        _rig = new Rig(Answer, devices);
        var site = Plant.Site(Plant.Bus, devices) with { Outputs = [Output(1), Output(2)] };
        _ports = OutputPorts.All(site, [_rig.Bus]);
        _writer = new OutputWriter("field", _life, _rig.Clock, Told, new LogLines());
        for (var i = 0; i < _ports.Outputs.Length; i++)
            _writer.Add(site.Outputs[i].Id, _ports.Outputs[i], false, i);
        _life.Beat();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void All_that_go_safe_are_written_before_any_is_read_back()
    {
        _writer.Set(0, false);
        _writer.Set(1, false);
        Assert.Equal(["write 1", "write 2", "read 1", "read 2"], Run());
        Assert.Equal([(0, true, false), (1, true, false)], Newest());
    }

    [Fact]
    public void One_that_goes_safe_alone_is_told_once_with_what_it_reads_back()
    {
        _writer.Set(0, false);
        Assert.Equal(["write 1", "read 1"], Run());
        Assert.Equal((0, true, (bool?)false), Short(Assert.Single(_reports)));
    }

    [Fact]
    public void What_is_written_anew_is_not_read_back_before_another_goes_safe_and_nothing_new_is_told_of_it()
    {
        _writer.Set(0, false);
        _writer.Set(1, true);
        Run();
        _reports.Clear();
        _rig.Pass(10);
        _life.Beat();
        Meanwhile(ask => ask is { Unit: 1, Function: 5 }, () => _writer.Set(1, false));
        Assert.Equal(["write 1", "write 2", "read 1", "read 2"], Run());
        Assert.Equal(1, Assert.Single(_reports).Output);
    }

    [Fact]
    public void A_dead_device_costs_the_other_one_timeout_and_no_more()
    {
        _during = ask => ask.Unit != 1;
        _writer.Set(0, false);
        _writer.Set(1, false);
        var start = _rig.Now;
        Assert.Equal(["write 1", "write 2", "read 2"], Run());
        Assert.InRange(_rig.Link.Requests[1].At - start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        Assert.Equal([(0, false, null), (1, true, false)], Newest());
    }

    [Fact]
    public async Task Without_a_gateway_too_all_are_written_before_any_is_read_back()
    {
        var sent = new List<string>();
        using var server = new ScriptedServer(ask =>
        {
            sent.Add(Name(ask));
            return Answer(ask);
        });
        var site = Plant.Site(Plant.Bus with { Port = server.Port }, Device(1), Device(2)) with { Outputs = [Output(1), Output(2)] };
        var outcomes = await SafeDrive.DriveAsync([(site, [0, 1])], TestContext.Current.CancellationToken);
        Assert.Equal(["write 1", "write 2", "read 1", "read 2"], sent);
        Assert.Equal([("XV-1", true, "closed"), ("XV-2", true, "closed")], outcomes.Select(o => (o.Id, o.Result.Done, o.Reads)));
    }

    [Fact]
    public void A_scan_that_waits_for_its_turn_begins_nothing_between_two_that_go_safe()
    {
        var scan = new Thread(() => _rig.Scan(0));
        Meanwhile(ask => ask is { Unit: 1, Function: 5 }, () =>
        {
            scan.Start();
            Assert.True(SpinWait.SpinUntil(() => scan.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience));
        });
        _told = _ =>
        {
            _told = null;
            scan.Join(TimeSpan.FromMilliseconds(300)); // it would be over by then, if it got its turn
        };
        _writer.Set(0, false);
        _writer.Set(1, false);
        _writer.RunDue(CancellationToken.None);
        Assert.True(scan.Join(Patience));
        var sent = Sent(0).ToList();
        Assert.Equal(["write 1", "write 2"], sent.Take(2));
        Assert.Contains("poll 1", sent);
    }

    [Fact]
    public async Task A_read_back_that_waits_for_a_request_that_is_out_ends_when_it_is_put_off()
    {
        using var polled = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var valve = _ports.Outputs[0];
        Assert.True(valve.Drive(false, null, CancellationToken.None).IsUnread);
        Meanwhile(ask => ask.Function == 3, () =>
        {
            polled.Set();
            goOn.Wait(Patience);
        });
        var scan = Task.Run(() => _rig.Scan(0), TestContext.Current.CancellationToken);
        Assert.True(polled.Wait(Patience, TestContext.Current.CancellationToken));
        using var withdrawal = new Withdrawal(() => false);
        var read = Task.Run(() => valve.ReadBack(false, withdrawal, CancellationToken.None), TestContext.Current.CancellationToken);
        withdrawal.Withdraw();
        Assert.Null(await read.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(scan.IsCompleted);
        goOn.Set();
        await scan.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["write 1", "poll 1"], Sent(0));
    }

    [Fact]
    public void What_did_not_take_its_last_command_lets_the_others_go_first()
    {
        _during = ask => ask.Unit != 1;
        _writer.Set(0, true);
        _writer.Set(1, true);
        Run();
        _writer.Set(0, false);
        _writer.Set(1, false);
        Assert.Equal(["write 2", "write 1", "read 2"], Run());
    }

    private static (int Output, bool Done, bool? ReadBack) Short(OutputReport report) => (report.Output, report.Done, report.ReadBack);

    private IEnumerable<(int Output, bool Done, bool? ReadBack)> Newest() => _reports.GroupBy(r => r.Output).OrderBy(g => g.Key).Select(g => Short(g.Last()));

    private static ModbusDeviceOptions Device(int address) => Plant.Simple(address) with { Writes = [new WriteGrant(5, new RegisterRange(10 + address, 10 + address), 0, 1, 0)] };

    private static OutputOptions Output(int n) => new($"XV-{n}", new RegisterOutput(0, n - 1, 5, 10 + n, 1, 0, null), "open", "closed", true, false);

    /// <summary>What the writer sends until it has nothing more to do.</summary>
    private IEnumerable<string> Run()
    {
        var before = _rig.Link.Requests.Count;
        _writer.RunDue(CancellationToken.None);
        return Sent(before);
    }

    private IEnumerable<string> Sent(int before) => [.. _rig.Link.Requests.Skip(before).Select(r => Name(r.Ask))];

    private static string Name(Ask ask) => $"{(ask.Function == 5 ? "write" : ask.Function == 1 ? "read" : "poll")} {ask.Unit}";

    private void Told(OutputReport report)
    {
        _reports.Add(report);
        _told?.Invoke(report);
    }

    /// <summary>Something happens once, while a request is out.</summary>
    private void Meanwhile(Func<Ask, bool> when, Action what)
    {
        var done = false;
        _during = ask =>
        {
            if (!done && when(ask))
            {
                done = true;
                what();
            }

            return true;
        };
    }

    private IEnumerable<Act> Answer(Ask ask)
    {
        if (!_during(ask))
            return [];
        switch (ask.Function)
        {
            case 1:
                return [Act.Say(Frames.Frame(ask.Transaction, ask.Unit, 1, 1, _coils.GetValueOrDefault(ask.Register) ? (byte)1 : (byte)0))];
            case 5:
                _coils[ask.Register] = ask.Frame[10] == 0xFF;
                return [Act.Say(ask.Frame)];
            default:
                return [.. Peers.Honest(ask)];
        }
    }
}
