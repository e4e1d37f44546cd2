using System.Globalization;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>A mosquitto of the test's own, on 127.0.0.1, with its own configuration. It can be stopped and started again on the same port.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    public const string Install = "apt-get install mosquitto mosquitto-clients";

    private readonly TempFolder _folder = new();
    private readonly string _configuration;
    private PeerProcess? _process;

    private Mosquitto(int port, IEnumerable<string> more)
    {
        Port = port;

        // Persistence off: what a broker acknowledged and then lost by its own restart is outside of what these tests look at.
        _configuration = _folder.Write("mosquitto.conf", string.Join('\n', (string[])
        [
            string.Create(CultureInfo.InvariantCulture, $"listener {port} 127.0.0.1"), "persistence false", "log_dest stderr", "log_type all", .. more,
        ]) + "\n");
    }

    public int Port { get; }

    public PeerProcess Process => _process ?? throw new InvalidOperationException("mosquitto is not running");

    /// <summary>Starts a broker that lets everybody in.</summary>
    public static Task<Mosquitto> StartAsync(int? port = null, params string[] more) => StartWithAsync(port, ["allow_anonymous true", .. more]);

    /// <summary>Starts a broker that lets one user in.</summary>
    public static async Task<Mosquitto> StartWithUserAsync(string user, string password)
    {
        using var folder = new TempFolder();
        var file = folder.File("users");
        await using (var maker = PeerProcess.Start("mosquitto_passwd", Install, ["-c", "-b", file, user, password]))
        {
            await maker.WaitForExitAsync();
        }

        // mosquitto gives up root for a user of its own: the file must be readable for that one.
        return await StartWithAsync(null, ["allow_anonymous false"], ("users", await File.ReadAllTextAsync(file), "password_file"));
    }

    /// <summary>Starts a TLS broker with the given PEM files' content.</summary>
    public static Task<Mosquitto> StartWithTlsAsync(string certificate, string key) =>
        StartWithAsync(null, ["allow_anonymous true"], ("server.pem", certificate, "certfile"), ("server.key", key, "keyfile"));

    /// <summary>Starts a TLS broker that lets in only clients with a certificate of this authority.</summary>
    public static Task<Mosquitto> StartWithClientsAsync(string certificate, string key, string authority) => StartWithAsync(
        null, ["allow_anonymous true", "require_certificate true"], ("server.pem", certificate, "certfile"), ("server.key", key, "keyfile"), ("ca.pem", authority, "cafile"));

    /// <summary>Starts a broker with a list of who may do what; it is read again after <see cref="Signal.Hangup"/>.</summary>
    public static Task<Mosquitto> StartWithAccessListAsync(string list) => StartWithAsync(null, ["allow_anonymous true"], ("acl", list, "acl_file"));

    /// <summary>Writes a file anew that the broker was started with.</summary>
    public void Rewrite(string name, string text) => _folder.Write(name, text);

    public async Task StopAsync(Signal signal = Signal.Terminate)
    {
        await Process.StopAsync(signal);
        await Process.DisposeAsync();
        _process = null;
    }

    public async Task StartAgainAsync()
    {
        _process = PeerProcess.Start("mosquitto", Install, ["-c", _configuration]);
        await _process.WaitForPortAsync(Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<Mosquitto> StartWithAsync(int? port, IEnumerable<string> more, params (string Name, string Text, string Option)[] files)
    {
        var lines = new List<string>(more);
        var broker = new Mosquitto(port ?? FreePort.Next(), []);
        foreach (var (name, text, option) in files)
        {
            var path = broker._folder.Write(name, text);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            lines.Add($"{option} {path}");
        }

        File.SetUnixFileMode(broker._folder.Path, (UnixFileMode)0b111_101_101);
        await File.AppendAllLinesAsync(broker._configuration, lines);
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }
}
