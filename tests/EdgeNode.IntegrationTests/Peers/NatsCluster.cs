using System.Globalization;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>Three NATS servers from Debian, MQTT 3.1.1 on JetStream with every stream on all three, on 127.0.0.1.</summary>
internal sealed class NatsCluster : IAsyncDisposable
{
    private const int Nodes = 3;
    private const string Install = "apt-get install nats-server";

    private readonly TempFolder _folder = new();
    private readonly PeerProcess[] _nodes;

    private NatsCluster()
    {
        var routes = Enumerable.Range(0, Nodes).Select(_ => FreePort.Next()).ToArray();
        MqttPorts = [.. Enumerable.Range(0, Nodes).Select(_ => FreePort.Next())];
        _nodes = [.. Enumerable.Range(0, Nodes).Select(i => PeerProcess.Start("nats-server", Install, ["-c", _folder.Write($"node{i}.conf", Configuration(i, routes))]))];
    }

    /// <summary>Where each node takes MQTT.</summary>
    public IReadOnlyList<int> MqttPorts { get; }

    /// <summary>Starts them and waits until each takes connections and they have agreed on a leader.</summary>
    public static async Task<NatsCluster> StartAsync()
    {
        var cluster = new NatsCluster();
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                await cluster._nodes[i].WaitForPortAsync(cluster.MqttPorts[i]);
                await cluster._nodes[i].WaitForLineAsync("metadata leader"); // "new" for two of them, "Self is new" for one
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync(int node) => _nodes[node].StopAsync(Signal.Kill);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Configuration(int node, int[] routes) => string.Create(CultureInfo.InvariantCulture, $$"""
        server_name: node{{node}}
        listen: "127.0.0.1:{{FreePort.Next()}}"
        jetstream { store_dir: "{{_folder.File("store" + node)}}", max_mem: 64M, max_file: 256M }
        cluster {
          name: test
          listen: "127.0.0.1:{{routes[node]}}"
          routes: [ {{string.Join(", ", routes.Select(r => string.Create(CultureInfo.InvariantCulture, $"\"nats://127.0.0.1:{r}\"")))}} ]
        }
        mqtt { listen: "127.0.0.1:{{MqttPorts[node]}}", stream_replicas: {{Nodes}} }
        """);
}
