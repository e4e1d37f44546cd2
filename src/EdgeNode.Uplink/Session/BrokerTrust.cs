using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// Decides whether a broker's certificate is to be trusted, and says in words what does not match: trust, name or date.
/// Revocation is not asked for: it needs a network that a station may not have, and its absence must not stop delivery.
/// </summary>
internal sealed class BrokerTrust : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int MostNames = 5;
    private const int MostNamesText = 300;

    private readonly string _host;
    private readonly string? _caFile;
    private readonly X509Certificate2Collection _authorities;
    private readonly TimeProvider _time;

    private BrokerTrust(string host, string? caFile, X509Certificate2Collection authorities, TimeProvider time)
    {
        _host = host;
        _caFile = caFile;
        _authorities = authorities;
        _time = time;
    }

    /// <summary>What was wrong with the certificate that the broker showed; null when nothing was, or none was shown yet.</summary>
    public BrokerFault? Fault { get; private set; }

    /// <summary>The broker has shown a certificate, or that it has none: it speaks TLS.</summary>
    public bool Asked { get; private set; }

    /// <summary>Reads the authorities; without a file the system's own are trusted.</summary>
    public static bool TryLoad(string host, string? caFile, TimeProvider time, out BrokerTrust? trust, out BrokerFault? fault)
    {
        trust = null;
        fault = null;
        var authorities = new X509Certificate2Collection();
        if (caFile is not null)
        {
            try
            {
                authorities.ImportFromPemFile(caFile);
            }
            catch (Exception e)
            {
                // Damaged certificates end in more than the documented exceptions, and none may come out of the service.
                fault = new BrokerFault(FaultKind.LocalFile, $"the file of authorities {caFile} cannot be read: {(File.Exists(caFile) ? e.Message : "it does not exist")}");
                return false;
            }

            if (authorities.Count == 0)
            {
                fault = new BrokerFault(FaultKind.LocalFile, $"the file of authorities {caFile} holds no PEM certificate");
                return false;
            }
        }

        trust = new BrokerTrust(host, caFile, authorities, time);
        return true;
    }

    /// <summary>For the TLS handshake.</summary>
    public bool Accept(object sender, X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors)
    {
        Asked = true;
        using var certificate = shown is null ? null : new X509Certificate2(shown);
        var wrong = certificate is null ? ["the broker shows none"] : WhatIsWrong(certificate, sent, errors);
        Fault = wrong.Count == 0 ? null : new BrokerFault(FaultKind.Certificate, "its certificate does not match: " + string.Join("; ", wrong));
        return Fault is null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private List<string> WhatIsWrong(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        var wrong = new List<string>();
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        if (_caFile is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore); // the intermediate ones that the broker sent
        }

        chain.Build(certificate);
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        if ((flags & Untrusted) != 0)
        {
            wrong.Add($"it is not signed by an authority {(_caFile is null ? "that this system trusts" : "of " + _caFile)} (trust)");
        }

        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
        {
            wrong.Add($"it is for {NamesOf(certificate)}, not for {_host} (name)");
        }

        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            wrong.Add(DateFault(certificate, chain.ChainPolicy.VerificationTime));
        }

        var others = flags & ~(Untrusted | X509ChainStatusFlags.NotTimeValid);
        if (others != 0)
        {
            wrong.Add($"it may not be used so ({others})");
        }

        return wrong;
    }

    private static string DateFault(X509Certificate2 certificate, DateTime now)
    {
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return now < from ? $"it is not valid before {Day(from)}: is the station's clock right? (date)"
            : now > until ? $"it expired on {Day(until)} (date)"
            : "an authority's certificate has expired or is not valid yet (date)";
    }

    private static string Day(DateTime moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(a => a.ToString()));
        }

        return ReasonText.Clean(names.Count == 0 ? certificate.Subject : string.Join(", ", names.Take(MostNames)), MostNamesText);
    }
}
