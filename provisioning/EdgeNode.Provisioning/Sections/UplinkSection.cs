using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>uplink</c>: where readings go.</summary>
internal static class UplinkSection
{
    private const string BrokerForm = "a broker such as mqtt://broker.example:1883 or mqtts://broker.example:8883";

    public static UplinkOptions? Read(YamlNode? node, NodeOptions? site, SiteFiles files, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Uplink, faults) is not { } section)
            return null;

        var brokers = Brokers(section["brokers"], faults);
        var topic = TopicText.Read(section["topic"], site, faults);
        Scalars.Choice(section["payload"], SiteGrammar.Payload, faults);
        var (user, password) = Credentials(section["credentials"], files, faults);
        var (ca, certificate, key) = Tls(section["tls"], files, faults);
        if ((ca ?? certificate ?? key) is not null && !brokers.IsEmpty && !brokers.Any(b => b.Tls))
            faults.Add(section.PlaceOf("tls"), "'tls' is given, but every broker is mqtt://, which is not encrypted", "mqtts:// in 'brokers', or no 'tls'");
        return new UplinkOptions(brokers, topic ?? "", user, password, ca) { CertificateFile = certificate, KeyFile = key };
    }

    /// <summary>The files must be there; what is in them is read at each connect, and a fault in it stops no measuring.</summary>
    private static (string? Ca, string? Certificate, string? Key) Tls(YamlNode? node, SiteFiles files, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Tls, faults) is not { } section)
            return default;

        var (certificate, key) = (section["certificate"], section["key"]);
        if (certificate is not null && key is null)
            faults.Add(certificate.At, "'certificate' is given without its 'key'", "the file of the private key under 'key'");
        if (key is not null && certificate is null)
            faults.Add(key.At, "'key' is given without its 'certificate'", "the file of the client certificate under 'certificate'");
        return (files.Find(section["ca"], faults), files.Find(certificate, faults), files.Find(key, faults));
    }

    private static (string? User, string? PasswordFile) Credentials(YamlNode? node, SiteFiles files, FaultList faults) =>
        node is null || SectionReader.Open(node, SiteGrammar.Credentials, faults) is not { } section
            ? default
            : (Scalars.Text(section["user"], faults), files.Find(section["password-file"], faults));

    private static ImmutableArray<BrokerOptions> Brokers(YamlNode? node, FaultList faults)
    {
        if (Scalars.List(node, "brokers", faults) is not { } items)
            return [];
        if (items.IsEmpty)
            faults.Add(node!.At, "the list of brokers is empty", BrokerForm);

        var brokers = ImmutableArray.CreateBuilder<BrokerOptions>();
        foreach (var item in items)
        {
            if (brokers.Count == SiteLimits.Brokers)
            {
                faults.Add(item.At, $"there are {Words.Number(items.Length)} brokers", $"at most {SiteLimits.Brokers}");
                break;
            }

            if (Scalars.Read(item, BrokerForm, faults) is not { } scalar || Broker(scalar, faults) is not { } broker)
                continue;
            if (brokers.Contains(broker))
                faults.Add(item.At, $"the broker {Words.Quoted(scalar.Text)} is already in the list", "each broker once");
            else
                brokers.Add(broker);
        }

        return brokers.ToImmutable();
    }

    private static BrokerOptions? Broker(YamlScalar scalar, FaultList faults)
    {
        var text = scalar.Text;
        var end = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "" : text[..end];
        if (scheme is not ("mqtt" or "mqtts"))
        {
            var meant = end < 0 ? "mqtt://" + text : Suggest.Nearest(scheme, ["mqtt", "mqtts"]) is { } near ? near + text[end..] : null;
            faults.Add(scalar.At, $"{Words.Quoted(text)} begins with neither mqtt:// nor mqtts://", BrokerForm, meant);
            return null;
        }

        var address = text[(end + 3)..];
        if (address.EndsWith('/'))
            address = address[..^1];
        var isTls = scheme == "mqtts";
        if (address.Contains('@', StringComparison.Ordinal))
        {
            // Not quoted: there may be a password in it, and faults end up in logs.
            faults.Add(scalar.At, "the broker has a user in its address", "users and passwords under 'credentials'");
            return null;
        }

        if (Wrong(address, isTls, out var host, out var port) is not { } wrong)
            return new BrokerOptions(host, port, isTls);
        faults.Add(scalar.At, $"{Words.Quoted(text)} {wrong}", BrokerForm);
        return null;
    }

    private static string? Wrong(string address, bool isTls, out string host, out int port)
    {
        (host, port) = ("", 0);
        if (address.AsSpan().ContainsAny('/', '?', '#'))
            return "has a path in it; the topic stands under 'topic'";
        return Addresses.Parse(address, isTls ? 8883 : 1883, out host, out port);
    }
}
