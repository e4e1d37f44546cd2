using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Provisioning;
using EdgeNode.Simulation.PumpStation;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Tapping;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace EdgeNode.Gateway.Demo;

/// <summary>
/// Field, gateway, broker and a separate subscriber in one process. Between them are only the real protocols:
/// Modbus TCP and MQTT on loopback, Modbus RTU on a pty; chips and lines are simulated below their drivers. At the end the measuring stops first, so that the account can be closed.
/// </summary>
internal static class DemoRun
{
    /// <summary>How long the end waits for the last readings to be delivered.</summary>
    private static readonly TimeSpan DrainWait = TimeSpan.FromSeconds(10);

    /// <summary>The first minute of the pressure's rises begins when the inlet has been opened and the pressure is what it usually is.</summary>
    private static readonly TimeSpan FirstMinute = TimeSpan.FromSeconds(20);

    /// <summary>Each demo shows the same day.</summary>
    private const int Seed = 1;

    /// <param name="duration">How long; null until it is stopped.</param>
    /// <param name="mqttPort">Port of the broker on 127.0.0.1, 0 for a free one.</param>
    /// <param name="scenarioPath">What goes wrong in the field; null for nothing.</param>
    /// <param name="json">The account as one JSON object, and nothing else on standard output.</param>
    /// <param name="story">Plays the story on the site of its own, and ends with it.</param>
    public static async Task<int> RunAsync(TimeSpan? duration, int mqttPort, string? scenarioPath, bool json, bool story = false)
    {
        using var termination = new Termination();
        var time = TimeProvider.System;
        var demo = DemoSite.Load(story ? DemoSite.Story : DemoSite.Demo);
        if ((story ? DemoSite.LoadScenario(demo) : Scenario(scenarioPath, demo)) is not { } scenario)
        {
            return Exit.Config;
        }

        if (MakeData() is not { } data)
        {
            return Exit.Failed;
        }

        using var logs = Logs.Make(json || !AnsiConsole.Profile.Capabilities.Interactive ? LogLevel.Information : LogLevel.Critical);
        try
        {
            var log = logs.CreateLogger("demo");
            var options = new FieldOptions(time, Seed, Path.Combine(data.FullName, "rs485"), demo, scenario)
            {
                ProtectedInlet = true,
                Excursions = story ? null : FirstMinute,
                Changed = (entry, begins) => Tell(log, ScenarioText.Of(demo, entry), begins),
            };
            await using var field = await StartFieldAsync(options, termination.Token).ConfigureAwait(false);
            if (field is null)
            {
                return Exit.Failed;
            }

            await using var broker = await EmbeddedBroker.StartAsync(mqttPort).ConfigureAwait(false);
            var site = DemoSite.At(demo, field.Field.Port, field.Bridge.Port, field.Serial.Port, broker.Port);
            var died = false;
            var tap = new Tap(new TapOptions(site.Uplink!.Brokers[0], site.Uplink.Topic) { FromStart = true }, time, logs.CreateLogger<Tap>());
            using var tapStop = new CancellationTokenSource();
            var tapRun = tap.RunAsync(tapStop.Token);
            await tap.WaitAsync(r => r.Subscribed, termination.Token).ConfigureAwait(false);
            await using var node = new GatewayNode(site, data.FullName, time, logs, _ =>
            {
                died = true;
                termination.Stop();
            }, field);

            var start = time.GetTimestamp();
            node.Start();
            var outbox = await node.Outbox.WaitAsync(termination.Token).ConfigureAwait(false);
            var plain = !json && !AnsiConsole.Profile.Capabilities.Interactive;
            var hands = new DemoHands(data.FullName);
            var acts = story ? new StoryRun(new StoryStage(site, node.Engine, field.Devices, hands, time), time, plain ? Console.WriteLine : _ => { }) : null;
            var person = new DemoOperator(node.Engine, hands, json || story ? null : DemoKeys.Keyboard(), time);
            var view = new LiveView(site, node.Engine, outbox, tap, broker.Port, () => field.Faults, field.Devices.Gpio.Level, time)
            {
                Told = () => acts?.Told ?? [person.Said],
                Keys = !story && person.HasKeys,
            };
            await ShowAsync(view, acts is null ? person.RunAsync : acts.PlayAsync, endsWithPlay: story, duration, json || (plain && story), termination.Token).ConfigureAwait(false);
            node.StopMeasuring();
            await DrainAsync(node.Engine, outbox, tap, time).ConfigureAwait(false);
            await tapStop.CancelAsync().ConfigureAwait(false);
            await tapRun.ConfigureAwait(false);
            var report = tap.Report();
            var account = DemoAccount.Of(node.Engine, outbox, report, time.GetElapsedTime(start));
            if (json)
            {
                JsonOutput.Write(j =>
                {
                    acts?.WriteMembers(j);
                    account.WriteMembers(j);
                });
            }
            else
            {
                account.Write();
            }

            if (account.Spooled == 0 && !report.Sound)
            {
                await Console.Error.WriteLineAsync("demo: what the subscriber received is not sound: " + string.Join("; ", report.Findings)).ConfigureAwait(false);
                return Exit.Failed;
            }

            if (acts?.Failed is { } failed)
            {
                await Console.Error.WriteLineAsync($"demo: the story ended at '{failed.Id}', which did not happen: {failed.Text}").ConfigureAwait(false);
                return Exit.Failed;
            }

            return died || account.Lost != 0 ? Exit.Failed : Exit.Done;
        }
        catch (OperationCanceledException)
        {
            return Exit.Done;
        }
        catch (IOException e) when (e is not OutputException)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"demo: {e.Message}. Choose another with --mqtt-port, or leave the option out to find a free one.")).ConfigureAwait(false);
            return Exit.Failed;
        }
        finally
        {
            Remove(data);
        }
    }

    /// <summary>Shows, and plays meanwhile, until the time is over, the demo is stopped, or the story has come to its end.</summary>
    private static async Task ShowAsync(LiveView view, Func<CancellationToken, Task> play, bool endsWithPlay, TimeSpan? duration, bool quiet, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var shown = view.ShowAsync(duration, quiet, over.Token);
        var played = play(over.Token);
        try
        {
            await (endsWithPlay ? played : shown).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(shown, played).ConfigureAwait(false);
        }
    }

    /// <summary>Null after all faults were written to standard error.</summary>
    private static Scenario? Scenario(string? path, Site site)
    {
        if (path is null)
        {
            return Core.Model.Scenario.Empty;
        }

        var result = ScenarioFile.Load(path, site);
        foreach (var fault in result.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        return result.Scenario;
    }

    private static async Task<SimulatedField?> StartFieldAsync(FieldOptions options, CancellationToken stop)
    {
        try
        {
            return await SimulatedField.StartAsync(options, stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"demo: {e.Message} The demo needs a pseudo-terminal (/dev/ptmx, /dev/pts) and a place for its name in {Path.GetTempPath()}; TMPDIR names another.").ConfigureAwait(false);
            return null;
        }
    }

    private static void Tell(ILogger log, string fault, bool begins)
    {
        if (begins)
        {
            Log.FaultBegins(log, fault);
        }
        else
        {
            Log.FaultEnds(log, fault);
        }
    }

    private static DirectoryInfo? MakeData()
    {
        try
        {
            return Directory.CreateTempSubdirectory("edgenode-demo-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"demo: no directory for the spool can be made in {Path.GetTempPath()}. Name another with TMPDIR.");
            return null;
        }
    }

    private static void Remove(DirectoryInfo data)
    {
        try
        {
            data.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"demo: {data.FullName} could not be removed.");
        }
    }

    /// <summary>A broker may acknowledge before the subscriber has the message, so an empty spool is not the end yet.</summary>
    private static async Task DrainAsync(GatewayEngine engine, IOutbox outbox, Tap tap, TimeProvider time)
    {
        var until = time.Monotonic() + DrainWait;
        while (time.Monotonic() < until && !DemoAccount.IsClosed(engine, outbox, tap.Report()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time).ConfigureAwait(false);
        }
    }
}
