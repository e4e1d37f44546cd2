using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Demo;

/// <summary>The station of the demo or of its story with its local socket; a test moves its time and says what the transmitters measure.</summary>
internal sealed class DemoStation : IAsyncDisposable
{
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly Lock _step = new();
    private readonly HandsServer _server;

    public DemoStation(string name = "demo.yaml")
    {
        var result = SiteFile.Load(Path.Combine(TestFiles.Examples, name), TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        Site = result.Site!;
        var clock = new FakeStationClock(Time);
        var queue = new RecorderQueue();
        var commands = new CommandMailbox(() =>
        {
            lock (_step)
            {
                Loop!.RunDue();
            }
        });
        Loop = new StationLoop(Site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
        var hands = new AllHands(
            ("alarms", new AlarmHands(Site, Loop, new HandsDesk(commands, Trail, TimeProvider.System)).AnswerAsync),
            ("trips", new TripHands(Site, Loop, new HandsDesk(commands, Trail, TimeProvider.System)).AnswerAsync));
        _server = new HandsServer(Path.Combine(Data, HandsLimits.FileName), hands.AnswerAsync, TimeProvider.System, NullLogger.Instance);
        _server.Start();
    }

    public Site Site { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public StationLoop Loop { get; }

    public TrailFake Trail { get; } = new();

    public string Data { get; } = Directory.CreateTempSubdirectory("edgenode-demo-test-").FullName;

    public TripState Trip
    {
        get
        {
            var trips = new TripStatus[Site.Trips.Length];
            Loop.CopyTrips(trips);
            return trips[0].State;
        }
    }

    /// <summary>So much time goes by, and each transmitter is read twice a second; null: it says nothing usable.</summary>
    public void Go(double seconds, params double?[] bar)
    {
        for (var half = 0; half < seconds * 2; half++)
        {
            lock (_step)
            {
                Time.Advance(TimeSpan.FromSeconds(0.5));
                var list = _mailbox.Rent();
                foreach (var (i, point) in Site.Groups[0].Members.Index())
                {
                    var p = Site.Points[point];
                    list.Add(new RawSample(point, ((bar[i] ?? 0) - p.Offset) / p.Scale, bar[i] is null ? Quality.Bad(Reason.Timeout) : Quality.Good, Time.Monotonic()));
                }

                _mailbox.Post(list);
                Loop.RunDue();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }
}
