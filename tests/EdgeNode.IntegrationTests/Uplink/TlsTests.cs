using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

public class TlsTests
{
    [Fact]
    public async Task A_broker_whose_certificate_the_CA_file_signs_is_connected()
    {
        using var authority = new TestCertificates();
        var (certificate, key) = authority.Server("127.0.0.1");
        await using var uplink = await ConnectAsync(authority.AuthorityPem, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("Connected to broker 127.0.0.1");
        Assert.Single(uplink.Uplink.Log.Lines);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused_and_named()
    {
        using var authority = new TestCertificates();
        var (certificate, key) = authority.Server("broker-a.city.example");
        await using var uplink = await ConnectAsync(authority.AuthorityPem, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("its certificate does not match: it is for broker-a.city.example, not for 127.0.0.1 (name)");
        await OnlyOnce(uplink.Uplink, "its certificate does not match: it is for broker-a.city.example, not for 127.0.0.1 (name)");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_and_named()
    {
        using var authority = new TestCertificates();
        using var stranger = new TestCertificates("Somebody else");
        var (certificate, key) = stranger.Server("127.0.0.1");
        await using var uplink = await ConnectAsync(authority.AuthorityPem, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("it is not signed by an authority of ");
        Assert.DoesNotContain("(name)", await OnlyOnce(uplink.Uplink, "it is not signed by an authority of "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_date()
    {
        using var authority = new TestCertificates();
        var (certificate, key) = authority.Server("127.0.0.1", DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(-2));
        await using var uplink = await ConnectAsync(authority.AuthorityPem, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("it expired on 20");
        await OnlyOnce(uplink.Uplink, "it expired on 20");
    }

    [Fact]
    public async Task A_certificate_from_the_future_asks_about_the_clock()
    {
        using var authority = new TestCertificates();
        var (certificate, key) = authority.Server("127.0.0.1", DateTimeOffset.UtcNow.AddDays(2));
        await using var uplink = await ConnectAsync(authority.AuthorityPem, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("is the station's clock right?");
    }

    [Fact]
    public async Task Without_a_CA_file_the_system_s_authorities_decide()
    {
        using var authority = new TestCertificates();
        var (certificate, key) = authority.Server("127.0.0.1");
        await using var uplink = await ConnectAsync(null, certificate, key, RunningUplink.Tls);

        await uplink.Uplink.UntilLogged("it is not signed by an authority that this system trusts (trust)");
    }

    [Fact]
    public async Task A_broker_that_speaks_no_TLS_is_named()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var uplink = new RunningUplink([RunningUplink.Tls(broker.Port)]);

        await uplink.UntilLogged("the TLS handshake fails");
        await OnlyOnce(uplink, "the TLS handshake fails");
    }

    [Fact]
    public async Task A_missing_CA_file_is_named_and_tried_again()
    {
        using var folder = new TempFolder();
        await using var uplink = new RunningUplink([RunningUplink.Tls(FreePort.Next())], options: o => o with { CaFile = folder.File("ca.pem") });
        await uplink.UntilLogged("ca.pem cannot be read: it does not exist");

        folder.Write("ca.pem", "nothing of use");
        await uplink.UntilLogged("ca.pem holds no PEM certificate");

        using var authority = new TestCertificates();
        folder.Write("ca.pem", authority.AuthorityPem);
        await uplink.UntilLogged("cannot be reached");
    }

    /// <summary>It is said once, however often it is tried. On a busy machine an attempt may end before the certificate has come, which is another sentence.</summary>
    private static async Task<string> OnlyOnce(RunningUplink uplink, string said)
    {
        await Task.Delay(1000, TestContext.Current.CancellationToken); // several attempts
        return Assert.Single(uplink.Log.Lines, l => l.Contains(said, StringComparison.Ordinal));
    }

    private static async Task<TlsUplink> ConnectAsync(
        string? authorityPem, string certificate, string key, Func<int, string, Core.Model.BrokerOptions> address)
    {
        var broker = await Mosquitto.StartWithTlsAsync(certificate, key);
        var folder = new TempFolder();
        var caFile = authorityPem is null ? null : folder.Write("ca.pem", authorityPem);
        return new TlsUplink(broker, folder, new RunningUplink([address(broker.Port, "127.0.0.1")], options: o => o with { CaFile = caFile }));
    }

    private sealed record TlsUplink(Mosquitto Broker, TempFolder Folder, RunningUplink Uplink) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Uplink.DisposeAsync();
            await Broker.DisposeAsync();
            Folder.Dispose();
        }
    }
}
