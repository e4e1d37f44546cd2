using System.Globalization;
using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.Serial;

/// <summary>Two ends of a serial line, or a TCP port with a tty behind it as a serial server has: socat as a process of its own.</summary>
internal sealed class SerialPair : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PeerProcess _socat;

    private SerialPair(int? port)
    {
        Near = port is { } number ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{number}") : _folder.File("near");
        var near = port is { } p ? string.Create(CultureInfo.InvariantCulture, $"TCP-LISTEN:{p},bind=127.0.0.1,reuseaddr,nodelay") : $"PTY,rawer,link={Near}";
        _socat = PeerProcess.Start("socat", "apt-get install socat", ["-d", "-d", near, $"PTY,rawer,link={Far}"]);
    }

    /// <summary>The gateway's end: the name of a tty, or an address.</summary>
    public string Near { get; }

    /// <summary>The slave's end.</summary>
    public string Far => _folder.File("far");

    public TempFolder Folder => _folder;

    public static async Task<SerialPair> StartAsync()
    {
        var pair = new SerialPair(null);
        await pair._socat.WaitForLineAsync("starting data transfer loop");
        return pair;
    }

    /// <summary>A serial server. The slave's end appears once somebody has connected, so a wait for it is the caller's.</summary>
    public static async Task<SerialPair> StartServerAsync()
    {
        var pair = new SerialPair(FreePort.Next());
        await pair._socat.WaitForLineAsync("listening on");
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        await _socat.DisposeAsync();
        _folder.Dispose();
    }
}
