using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>A broker that asks for a client certificate, and each thing that can be wrong with it.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_broker_that_asks_for_a_certificate_is_shown_it_and_a_renewed_one_needs_no_restart()
    {
        await using var broker = await StartAsync();
        var stranger = new TestCertificates("Somebody else");
        Write(stranger.Client("en-0042"));
        await using var uplink = Connect(broker);
        await uplink.UntilLogged("it refuses the client certificate " + _folder.File("node.pem"));

        Write(_authority.Client("en-0042"));
        await uplink.UntilLogged("Connected to broker");
        stranger.Dispose();
    }

    [Fact]
    public async Task Without_one_it_says_what_to_write_into_the_site_file()
    {
        await using var broker = await StartAsync();
        await using var uplink = new RunningUplink(
            [RunningUplink.Tls(broker.Port)], options: o => o with { CaFile = _folder.Write("ca.pem", _authority.AuthorityPem) });

        await uplink.UntilLogged("it asks for a client certificate and the site file names none: write 'certificate' and 'key' under 'tls'");
    }

    [Fact]
    public async Task An_expired_one_is_refused_by_the_broker_and_named_with_its_date()
    {
        await using var broker = await StartAsync();
        Write(_authority.Client("en-0042", DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(-2)));
        await using var uplink = Connect(broker);

        await uplink.UntilLogged($"it refuses the client certificate {_folder.File("node.pem")} expired on 20");
        await uplink.UntilLogged(": renew it");
    }

    [Fact]
    public async Task One_from_the_future_asks_about_the_clock()
    {
        await using var broker = await StartAsync();
        Write(_authority.Client("en-0042", DateTimeOffset.UtcNow.AddDays(2)));
        await using var uplink = Connect(broker);

        await uplink.UntilLogged("is the station's clock right?");
    }

    [Fact]
    public async Task Files_that_are_missing_wrong_or_do_not_match_are_each_named_with_the_remedy()
    {
        var port = FreePort.Next();
        var (certificate, key) = _authority.Client("en-0042");
        var (_, otherKey) = _authority.Client("en-0042");
        await using var uplink = new RunningUplink([RunningUplink.Tls(port)], options: Options);
        await uplink.UntilLogged("the client certificate " + _folder.File("node.pem") + " does not exist: copy it there, or enrol the station anew");
        _folder.Write("node.pem", "nothing of use");
        await uplink.UntilLogged("the key file " + _folder.File("node.key") + " does not exist");
        _folder.Write("node.key", "nothing of use");
        await uplink.UntilLogged("node.pem holds no PEM certificate: write the certificate into it");
        _folder.Write("node.pem", certificate);
        await uplink.UntilLogged("node.key holds no PEM private key");
        _folder.Write("node.key", key.Replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", StringComparison.Ordinal));
        await uplink.UntilLogged("node.key is encrypted and nobody is there to type its password");
        _folder.Write("node.key", key[..60] + "AAAA" + key[64..]);
        await uplink.UntilLogged("node.key holds a private key that cannot be read: it is damaged");
        _folder.Write("node.key", otherKey);
        await uplink.UntilLogged("node.key does not belong to the client certificate " + _folder.File("node.pem"));
        _folder.Write("node.key", key);
        await uplink.UntilLogged("cannot be reached");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private void Write((string Certificate, string Key) pair)
    {
        _folder.Write("node.key", pair.Key);
        _folder.Write("node.pem", pair.Certificate);
    }

    private Task<Mosquitto> StartAsync()
    {
        var (certificate, key) = _authority.Server("127.0.0.1");
        return Mosquitto.StartWithClientsAsync(certificate, key, _authority.AuthorityPem);
    }

    private RunningUplink Connect(Mosquitto broker) => new([RunningUplink.Tls(broker.Port)], options: Options);

    private UplinkOptions Options(UplinkOptions options) => options with
    {
        CaFile = _folder.Write("ca.pem", _authority.AuthorityPem),
        CertificateFile = _folder.File("node.pem"),
        KeyFile = _folder.File("node.key"),
    };
}
