using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>Which node a tap follows, and through which broker.</summary>
/// <param name="Broker">The broker.</param>
/// <param name="Topic">The node's root topic: what stands before <c>/telemetry</c>.</param>
/// <param name="User">User name, when the broker wants one.</param>
/// <param name="PasswordFile">Read at each connect.</param>
/// <param name="CaFile">PEM certificates that sign the broker's; the system's own when null.</param>
public sealed record TapOptions(BrokerOptions Broker, string Topic, string? User = null, string? PasswordFile = null, string? CaFile = null)
{
    private const int PlainPort = 1883;
    private const int TlsPort = 8883;

    /// <summary>PEM client certificate for a broker that asks for one, read at each connect.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its private key, PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The tap was there before the node's epochs began: a sequence that does not start with 1 has a hole at its start.</summary>
    public bool FromStart { get; init; }

    /// <summary>Reads <c>mqtt://HOST[:PORT]</c> or <c>mqtts://HOST[:PORT]</c>.</summary>
    /// <param name="fault">What is wrong with it, in words.</param>
    public static bool TryParseBroker(string url, out BrokerOptions? broker, out string? fault)
    {
        broker = null;
        fault = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0)
        {
            fault = $"{url} is not a broker's address: mqtt://HOST[:PORT] or mqtts://HOST[:PORT] is expected";
            return false;
        }

        if (uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("" or "/"))
        {
            fault = $"{url} carries more than host and port: user, password and topic are given apart";
            return false;
        }

        var tls = uri.Scheme == "mqtts";
        broker = new BrokerOptions(uri.DnsSafeHost, uri.Port > 0 ? uri.Port : tls ? TlsPort : PlainPort, tls);
        return true;
    }
}
