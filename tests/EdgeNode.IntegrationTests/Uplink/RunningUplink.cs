using EdgeNode.Core.Model;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Session;
using EdgeNode.Uplink.Tapping;
using EdgeNode.UnitTests.Uplink;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>An uplink at work on a spool of its own, with deadlines short enough for a test, and a tap beside it.</summary>
internal sealed class RunningUplink : IAsyncDisposable
{
    public static readonly UplinkSettings Quick = new()
    {
        ConnectDeadline = TimeSpan.FromSeconds(2),
        AnswerDeadline = TimeSpan.FromSeconds(2),
        PubackDeadline = TimeSpan.FromSeconds(3),
        PingAfter = TimeSpan.FromSeconds(1),
        NobodyRetry = TimeSpan.FromMilliseconds(300),
        RefusedRetry = TimeSpan.FromMilliseconds(300),
        Reconnect = TimeSpan.FromMilliseconds(100),
        ReconnectMax = TimeSpan.FromMilliseconds(500),
        StatusCheck = TimeSpan.FromMilliseconds(100),
        TakenOver = TimeSpan.FromMilliseconds(200),
        TakenOverMax = TimeSpan.FromSeconds(1),
        PreferredProbe = TimeSpan.FromMilliseconds(300),
        PreferredProbeMax = TimeSpan.FromSeconds(1),
        Mqtt5Again = TimeSpan.FromSeconds(2),
        Isolate = TimeSpan.FromMilliseconds(20),
        SuspectRetry = TimeSpan.FromMilliseconds(200),
        SuspectRetryMax = TimeSpan.FromMilliseconds(200),
        SuspectAge = TimeSpan.FromSeconds(1),
        SuspectAgeUnclear = TimeSpan.FromSeconds(2),
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _limit = new(Patience);
    private readonly Task _uplink;
    private readonly Task _tap = Task.CompletedTask;

    public RunningUplink(
        ReadOnlySpan<BrokerOptions> brokers, BrokerOptions? tapped = null, Func<UplinkOptions, UplinkOptions>? options = null, UplinkSettings? settings = null)
    {
        var site = Stations.Site([.. brokers]);
        site = site with { Uplink = options?.Invoke(site.Uplink!) ?? site.Uplink };
        Board = new StationBoard(site);
        var time = TimeProvider.System;
        settings ??= Quick;
        Service = new UplinkService(
            site, Outbox.Outbox, Board, Alarms, new StationClock(time), time, Log, "1.2.3", settings, new MqttSessionFactory(time, settings), () => 0.5);
        if (tapped is not null)
        {
            Tap = new Tap(new TapOptions(tapped, Stations.Topic) { FromStart = true }, time, TapLog, settings, new MqttSessionFactory(time)) { OnReading = Seen };
            _tap = Tap.RunAsync(_stop.Token);
        }

        _uplink = Service.RunAsync(_stop.Token);
    }

    public SpooledNumbers Outbox { get; } = new();

    public StationBoard Board { get; }

    public AlarmBoard Alarms { get; } = new();

    public UplinkService Service { get; }

    public Tap? Tap { get; }

    public LogLines Log { get; } = new();

    public LogLines TapLog { get; } = new();

    /// <summary>Values by their sequence numbers, as the tap saw them.</summary>
    public Dictionary<ulong, double> Values { get; } = [];

    public static BrokerOptions Plain(int port) => new("127.0.0.1", port, false);

    public static BrokerOptions Tls(int port, string host = "127.0.0.1") => new(host, port, true);

    public async Task<TapReport> TapSees(Func<TapReport, bool> what)
    {
        try
        {
            return await Tap!.WaitAsync(what, _limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Tap!.Report()}\n{Service.Snapshot}\n{string.Join('\n', Log.Lines)}");
        }
    }

    public async Task Until(Func<bool> what)
    {
        while (!what())
        {
            if (_limit.IsCancellationRequested)
            {
                throw new TimeoutException($"{Service.Snapshot}\n{string.Join('\n', Log.Lines)}");
            }

            await Task.Delay(20);
        }
    }

    public Task UntilLogged(string text) => Until(() => Log.Lines.Any(l => l.Contains(text, StringComparison.Ordinal)));

    public int Logged(string text) => Log.Lines.Count(l => l.Contains(text, StringComparison.Ordinal));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _uplink;
        await _tap;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Outbox.Dispose();
        _stop.Dispose();
        _limit.Dispose();
    }

    /// <summary>The tap has everything once, with the values and times that were appended.</summary>
    public async Task<TapReport> AssertAllArrived(int count)
    {
        var report = await TapSees(r => r.Readings >= count && r.Missing == 0);
        Assert.True(report.Sound, string.Join('\n', report.Findings));
        Assert.Equal(count, report.Readings);
        await Until(() => Outbox.Waiting(StreamKind.Telemetry) == 0);
        lock (Values)
        {
            Assert.All(Values, v => Assert.Equal(v.Key * 100_000d, v.Value));
        }

        return report;
    }

    private void Seen(TapReading reading)
    {
        Assert.Equal(Readings.Moment.Add(TimeSpan.FromMilliseconds(reading.Seq)), reading.Time);
        lock (Values)
        {
            Values.Add(reading.Seq, reading.Value!.Value);
        }
    }
}
