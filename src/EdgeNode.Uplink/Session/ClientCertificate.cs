using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// The station's own certificate and key for brokers that ask for one, read anew for each CONNECT, so that a renewed one needs no restart.
/// Its dates are not judged here: the station's clock may be the one that is wrong. The broker decides; they only explain its refusal.
/// </summary>
internal sealed class ClientCertificate : IDisposable
{
    private const int MaxBytes = 64 * 1024;
    private const string KeyLabel = "PRIVATE KEY";

    private readonly X509Certificate2 _leaf;
    private readonly X509Certificate2Collection _others;
    private readonly string _file;

    private ClientCertificate(string file, X509Certificate2 leaf, X509Certificate2Collection others)
    {
        _file = file;
        _leaf = leaf;
        _others = others;
        Context = SslStreamCertificateContext.Create(leaf, others, offline: true);
    }

    /// <summary>For the TLS handshake: the certificate, its key, and the certificates between it and the authority.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads both files; each thing that can be wrong with them has a sentence with the file and what to do.</summary>
    public static bool TryLoad(string certificateFile, string keyFile, out ClientCertificate? certificate, out BrokerFault? fault)
    {
        certificate = null;
        if (!TryRead("client certificate", certificateFile, out var certificateText, out fault) || !TryRead("key file", keyFile, out var keyText, out fault))
        {
            return false;
        }

        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(certificateText);
        }
        catch (Exception)
        {
            all.Clear();
        }

        fault = all.Count == 0 ? Fault("client certificate", certificateFile, "holds no PEM certificate: write the certificate into it, beginning with -----BEGIN CERTIFICATE-----") : null;
        fault ??= LabelOf(keyText) switch
        {
            null => Fault("key file", keyFile, "holds no PEM private key: write the key of the client certificate into it"),
            "ENCRYPTED " + KeyLabel => Fault("key file", keyFile, "is encrypted and nobody is there to type its password: store it decrypted, readable for this user alone"),
            _ => null,
        };
        if (fault is null)
        {
            try
            {
                var leaf = X509Certificate2.CreateFromPem(certificateText, keyText);
                all[0].Dispose();
                all.RemoveAt(0);
                certificate = new ClientCertificate(certificateFile, leaf, all);
                return true;
            }
            catch (Exception)
            {
                // Damaged keys end in more than the documented exceptions: an unknown curve is a PlatformNotSupportedException.
                fault = IsKey(keyText)
                    ? Fault("key file", keyFile, $"does not belong to the client certificate {certificateFile}: take the two files of one enrolment")
                    : Fault("key file", keyFile, "holds a private key that cannot be read: it is damaged, copy it anew");
            }
        }

        DisposeAll(all);
        return false;
    }

    /// <summary>Why the broker would not have it, by this clock; null when its dates are in order.</summary>
    public string? WhatIsWrongWithItsDates(DateTime utc)
    {
        var (from, until) = (_leaf.NotBefore.ToUniversalTime(), _leaf.NotAfter.ToUniversalTime());
        return utc > until ? $"{_file} expired on {Day(until)}: renew it"
            : utc < from ? $"{_file} is not valid before {Day(from)}: is the station's clock right?"
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaf.Dispose();
        DisposeAll(_others);
    }

    private static string Day(DateTime moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? LabelOf(string text)
    {
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            if (rest[found.Label].EndsWith(KeyLabel, StringComparison.Ordinal))
            {
                return rest[found.Label].ToString();
            }
        }

        return null;
    }

    /// <summary>It is a sound key, of whatever certificate.</summary>
    private static bool IsKey(string text)
    {
        using var rsa = RSA.Create();
        using var curve = ECDsa.Create();
        foreach (var key in (AsymmetricAlgorithm[])[rsa, curve])
        {
            try
            {
                key.ImportFromPem(text);
                return true;
            }
            catch (Exception)
            {
                // Not of this kind.
            }
        }

        return false;
    }

    private static bool TryRead(string what, string path, out string text, out BrokerFault? fault)
    {
        text = "";
        fault = null;
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            text = System.Text.Encoding.ASCII.GetString(bytes, 0, Math.Min(count, MaxBytes));
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = Fault(what, path, "does not exist: copy it there, or enrol the station anew");
        }
        catch (UnauthorizedAccessException)
        {
            fault = Fault(what, path, "may not be read by this user: give the user that runs edgenode the right to read it");
        }
        catch (IOException e)
        {
            fault = Fault(what, path, "cannot be read: " + e.Message);
        }

        return false;
    }

    private static BrokerFault Fault(string what, string path, string words) => new(FaultKind.LocalFile, $"the {what} {path} {words}");

    private static void DisposeAll(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
        {
            certificate.Dispose();
        }
    }
}
