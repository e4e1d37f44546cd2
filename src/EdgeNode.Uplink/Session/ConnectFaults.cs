using System.Globalization;
using System.Net.Sockets;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;
using MQTTnet;

namespace EdgeNode.Uplink.Session;

/// <summary>Why a CONNECT came to nothing, in words. MQTTnet wraps and replaces exceptions freely: what happened is told by the stream, the certificates and the deadline.</summary>
internal static class ConnectFaults
{
    // How OpenSSL names what the other side's alert said (RFC 8446 section 6.2, RFC 5246 section 7.2.2).
    private const string Alert = "alert";
    private const string CertificateRequired = "certificate required";

    /// <summary>The broker answered, and said no.</summary>
    public static BrokerFault Refusal(MqttClientConnectResult answer, SessionOptions options) => answer.ResultCode switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadAuthenticationMethod =>
            new BrokerFault(FaultKind.CredentialsRefused, options.User is { } user
                ? $"it refuses the user {user}: wrong name, wrong password{(options.PasswordFile is { } file ? $" (in {file})" : "")}, or not allowed"
                : options.CertificateFile is { } certificate
                    ? $"it takes the client certificate {certificate} and does not let its owner in: not allowed"
                    : "it refuses a client without user and password"),
        MqttClientConnectResultCode.ClientIdentifierNotValid => new BrokerFault(FaultKind.IdentifierRefused, $"it refuses the client identifier {options.ClientId}"),
        MqttClientConnectResultCode.Banned => new BrokerFault(FaultKind.Refused, $"it has banned the client {options.ClientId}"),
        var code => new BrokerFault(FaultKind.Refused, "it refuses the connection: " + ReasonText.Of(code.ToString())) { Added = ReasonText.Clean(answer.ReasonString) },
    };

    /// <summary>There was no answer.</summary>
    public static BrokerFault Describe(
        Exception e, BrokerOptions broker, SessionOptions options, BrokerStream stream, BrokerTrust trust, ClientCertificate? own, DateTime utc, bool late)
    {
        if (trust.Fault is { } certificate)
        {
            return certificate;
        }

        var seconds = options.ConnectDeadline.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        if (!stream.Connected)
        {
            return new BrokerFault(FaultKind.Unreachable, "it cannot be reached: " + (stream.Failure?.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "the connection is refused: no broker listens there, or the port is wrong",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the name {broker.Host} is not known",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => "there is no route to it",
                null when late => $"no answer from its address within {seconds} s",
                null => e.GetBaseException().Message,
                var code => code.ToString()!,
            }));
        }

        if (broker.Tls && trust.Asked && AlertOf(stream.TlsFailure ?? e) is { } alert)
        {
            return new BrokerFault(FaultKind.Certificate, OwnCertificate(alert, options, own, utc));
        }

        if (late)
        {
            return new BrokerFault(FaultKind.NoAnswer, $"it takes the connection but does not answer within {seconds} s: it hangs");
        }

        return broker.Tls && !stream.Ready
            ? new BrokerFault(FaultKind.Refused, "the TLS handshake fails: is the port right, does the broker speak TLS there?")
            : new BrokerFault(FaultKind.Refused, "it closes the connection without an answer");
    }

    private static string OwnCertificate(string alert, SessionOptions options, ClientCertificate? own, DateTime utc) =>
        own is null
            ? alert.Contains(CertificateRequired, StringComparison.Ordinal) || alert.Contains("handshake failure", StringComparison.Ordinal)
                ? "it asks for a client certificate and the site file names none: write 'certificate' and 'key' under 'tls'"
                : $"it ends the TLS handshake: {alert}"
            : "it refuses the client certificate " + (own.WhatIsWrongWithItsDates(utc) ?? $"{options.CertificateFile} ({alert}): is it of an authority that the broker trusts, and not revoked?");

    /// <summary>The alert's words, "unknown ca" for example, when the broker ended TLS with one.</summary>
    private static string? AlertOf(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            var at = e.Message.IndexOf(Alert, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return e.Message[(at + Alert.Length)..].Trim(' ', ':', '.', '\'').ToLowerInvariant();
            }
        }

        return null;
    }
}
