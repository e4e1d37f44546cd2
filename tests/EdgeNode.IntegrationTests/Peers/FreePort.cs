using System.Net;
using System.Net.Sockets;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>Finds TCP ports on 127.0.0.1 that nobody uses.</summary>
internal static class FreePort
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that is free now and was not given before in this run.</summary>
    public static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
