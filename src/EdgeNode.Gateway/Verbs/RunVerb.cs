using System.CommandLine;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>run</c>: the service.</summary>
internal static class RunVerb
{
    public static Command Make()
    {
        var site = Options.Site();
        var data = Options.Data();
        var verb = new Command("run", "Runs the gateway until it is told to stop (SIGTERM or Ctrl-C). Under systemd: Type=notify. Exit code 78 when the site file is wrong; a certificate, key or password file that is missing is a warning.") { site, data };
        verb.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(site), parsed.GetRequiredValue(data)));
        return verb;
    }

    private static async Task<int> RunAsync(string sitePath, string data)
    {
        if (SiteReader.LoadToRun(sitePath) is not { } site)
        {
            return Exit.Config;
        }

        if (await HandsClient.IsRunningAsync(data).ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"The data directory {data} is in use by a gateway that runs: nothing was started or driven. Stop that one first, or give --data another directory.").ConfigureAwait(false);
            return Exit.Failed;
        }

        // Nothing but what is named here: no configuration files, no environment, no working directory.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging, LogLevel.Information);
        builder.Services.AddSystemd();
        builder.Services.AddSingleton(site);
        builder.Services.AddSingleton<IHostedService>(services => new GatewayService(
            site, sitePath, data, services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<IHostApplicationLifetime>(), services.GetService<ISystemdNotifier>()));
        using var host = builder.Build();
        var service = (GatewayService)host.Services.GetRequiredService<IHostedService>();
        await host.RunAsync().ConfigureAwait(false);
        if (service.Died || !service.StoppedInOrder)
        {
            return Exit.Failed;
        }

        service.Left();
        return Exit.Done;
    }

    /// <summary>The node as a service of the host.</summary>
    private sealed class GatewayService(
        Site site, string sitePath, string data, ILoggerFactory logs, IHostApplicationLifetime lifetime, ISystemdNotifier? systemd) : IHostedService, IAsyncDisposable
    {
        private readonly ILogger _log = logs.CreateLogger("edgenode");
        private GatewayNode? _node;
        private ServiceWatchdog? _watchdog;

        /// <summary>A thread ended by a programming error, or the spool is somebody else's: the process is to restart.</summary>
        public bool Died { get; private set; }

        public bool StoppedInOrder => _node?.StoppedInOrder ?? true;

        public void Left() => _node?.Left();

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            Log.Starts(_log, CommandLine.Version, site.Node.Id, site.Node.SiteName, site.Revision);
            if (site.Uplink is null)
            {
                Log.NoUplink(_log);
            }

            var carried = await CarriedOutputs.TakeAsync(site, data, TimeProvider.System, _log).ConfigureAwait(false);
            _node = new GatewayNode(
                site, data, TimeProvider.System, logs,
                _ =>
                {
                    Died = true;
                    lifetime.StopApplication();
                },
                trace: TraceFile.Leave(data, why => Log.NoTrace(_log, why)), carried: carried);
            _node.OnRestart(lifetime.StopApplication);
            _node.Start();
            _ = LastSite.KeepAsync(sitePath, data, why => Log.SiteNotKept(_log, Path.Combine(data, LastSite.FileName), why));
            if (systemd is not null && ServiceWatchdog.Period() is { } period)
            {
                _watchdog = new ServiceWatchdog(() => _node.Engine.Progress, () => systemd.Notify(new ServiceState("WATCHDOG=1")), period);
                Log.WatchdogPetted(_log, period.TotalSeconds);
            }
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await DisposeAsync().ConfigureAwait(false);
            if (StoppedInOrder)
            {
                Log.Stopped(_log);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_node is not null)
            {
                await _node.DisposeAsync().ConfigureAwait(false);
            }

            _watchdog?.Dispose();
        }
    }
}
