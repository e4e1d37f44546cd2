using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>A broker that will not have us: said once in words, measuring and keeping go on.</summary>
public sealed class RefusedBrokerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_broker_that_refuses_the_password_is_named_once_and_disturbs_no_reading()
    {
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartWithUserAsync("en-e2e", "right");
        folder.Write("mqtt.password", "wrong\n");
        await RunAsync(folder, broker.Port, "mqtt", "  credentials: { user: en-e2e, password-file: mqtt.password }\n", "password");
    }

    [Fact]
    public async Task A_broker_whose_certificate_does_not_match_is_named_once_and_disturbs_no_reading()
    {
        using var folder = new TempFolder();
        using var ours = new TestCertificates();
        using var theirs = new TestCertificates("Somebody else");
        var (certificate, key) = theirs.Server("127.0.0.1");
        await using var broker = await Mosquitto.StartWithTlsAsync(certificate, key);
        folder.Write("ca.pem", ours.AuthorityPem);
        await RunAsync(folder, broker.Port, "mqtts", "  tls: { ca: ca.pem }\n", "certificate");
    }

    private async Task RunAsync(TempFolder folder, int port, string scheme, string uplink, string word)
    {
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, port, uplink: uplink, scheme: scheme));
        await using var gateway = GatewayProcess.Run(site, folder.File("data"));
        await gateway.WaitForLineAsync("warn: EdgeNode.Uplink");
        var before = field.Served().Count;
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken); // three to four attempts
        var read = field.Served().Count - before;
        await gateway.StopAsync();

        output.WriteLine(gateway.Output);
        var said = Assert.Single(gateway.Output.Split('\n'), l => l.Contains("warn: EdgeNode.Uplink", StringComparison.Ordinal));
        Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.True(read >= 9 * 200, $"only {read} values were read in 10 s, expected 10 scans of 200");
    }
}
