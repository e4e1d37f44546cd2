using System.Diagnostics;
using System.Globalization;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>
/// A real systemd as the first process of a container (systemd-nspawn on a Debian root), with the unit of provisioning/systemd and the
/// native executable in it. What it writes is gone with it. It shares the network of the machine, so that its field is on 127.0.0.1.
/// </summary>
internal sealed class SystemdMachine : IAsyncDisposable
{
    private const string Unit = "edgenode.service";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The executable and the site file lie where root alone may go; a copy in the container is readable to its users.
    private static readonly string[] SetUp =
    [
        "mkdir -p /etc/edgenode /etc/sysusers.d /etc/systemd/system/edgenode.service.d",
        "cp /opt/test/site.yaml /etc/edgenode/site.yaml && chmod 644 /etc/edgenode/site.yaml",
        "cp /opt/test/edgenode.service /etc/systemd/system/",
        "cp /opt/test/drop-in.conf /etc/systemd/system/edgenode.service.d/test.conf",
        "cp /opt/test/edgenode.conf /etc/sysusers.d/",
        "cp /opt/edgenode /usr/bin/edgenode && chmod 755 /usr/bin/edgenode",
        "systemd-sysusers",
        "systemctl daemon-reload",
    ];

    private readonly PeerProcess _container;
    private readonly TempFolder _files;
    private string _init = "";

    private SystemdMachine(PeerProcess container, TempFolder files)
    {
        _container = container;
        _files = files;
    }

    /// <summary>The Debian root; the test target of the build makes it. Null: why there is none.</summary>
    public static string? Root => Environment.GetEnvironmentVariable("EDGENODE_SYSTEMD_ROOT") is { } root && File.Exists(Path.Combine(root, ".complete")) ? root : null;

    /// <summary>What keeps this machine from running a container; null when nothing does.</summary>
    public static string? Missing => _missing.Value;

    private static readonly Lazy<string?> _missing = new(() =>
        Environment.UserName != "root" ? "it takes root"
        : PeerProcess.Find("systemd-nspawn") is null ? "systemd-nspawn is missing: apt-get install systemd-container"
        : Root is null ? "EDGENODE_SYSTEMD_ROOT does not name a Debian root: ./build.sh test makes it, and says why where it cannot"
        : Try());

    /// <summary>Boots it, with the unit installed and not yet started.</summary>
    /// <param name="site">The site file's text.</param>
    /// <param name="unit">Changes the unit: lines of a drop-in.</param>
    /// <param name="data">The folder of this machine that is the node's data directory, and outlives the container; null: it goes with it.</param>
    public static async Task<SystemdMachine> BootAsync(string site, string unit = "", string? data = null)
    {
        var files = new TempFolder();
        files.Write("site.yaml", site);
        files.Write("edgenode.service", await File.ReadAllTextAsync(Shipped("edgenode.service")));
        files.Write("edgenode.conf", await File.ReadAllTextAsync(Shipped("edgenode.sysusers.conf")));
        files.Write("drop-in.conf", unit);
        var container = PeerProcess.Start("systemd-nspawn", "apt-get install systemd-container",
        [
            "-D", Root!, "--volatile=overlay", "--register=no", "--keep-unit", "--console=pipe", "-b",
            "-M", string.Create(CultureInfo.InvariantCulture, $"edgenode-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}"),
            $"--bind-ro={files.Path}:/opt/test", $"--bind-ro={GatewayProcess.Binary}:/opt/edgenode",
            .. data is null ? Array.Empty<string>() : [$"--bind={data}:/var/lib/edgenode"],
        ]);
        var machine = new SystemdMachine(container, files);
        try
        {
            machine._init = await InitAsync(container);
            await machine.WaitAsync(async () => (await machine.TryAsync("systemctl", "is-system-running")).Out.Trim() is "running" or "degraded", "the system is up");
            foreach (var line in SetUp)
            {
                await machine.DoAsync("sh", "-c", line);
            }

            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the gateway and waits until it has said that it runs.</summary>
    public Task StartAsync() => DoAsync("systemctl", "start", Unit);

    /// <summary>Stops it in order.</summary>
    public Task StopAsync() => DoAsync("systemctl", "stop", Unit);

    /// <summary>Shuts the whole container down in order.</summary>
    public async Task PowerOffAsync()
    {
        await TryAsync("systemctl", "poweroff");
        await _container.WaitForExitAsync(Patience);
        _init = "";
    }

    /// <summary>All of its processes are gone at once, and none is told: a power cut, but for the pages that the kernel still has.</summary>
    public async Task CutPowerAsync()
    {
        await GatewayProcess.EndAsync("kill", "-KILL", _init);
        await _container.WaitForExitAsync(Patience);
        _init = "";
    }

    /// <summary>Sends a signal to the gateway itself.</summary>
    public Task SignalAsync(string signal) => DoAsync("systemctl", "kill", "--kill-whom=main", "--signal=" + signal, Unit);

    /// <summary>A property of the unit, as systemd has it.</summary>
    public async Task<string> ShowAsync(string property) => (await DoAsync("systemctl", "show", "--value", "-p", property, Unit)).Trim();

    /// <summary>How often it was started again.</summary>
    public async Task<int> RestartsAsync() => int.Parse(await ShowAsync("NRestarts"), CultureInfo.InvariantCulture);

    /// <summary>All that the unit and its helpers have logged.</summary>
    public Task<string> LogAsync() => DoAsync("journalctl", "-u", Unit, "--no-pager", "-o", "cat");

    /// <summary>Runs a program in the container to its end; it must succeed.</summary>
    public async Task<string> DoAsync(params string[] command)
    {
        var (code, output, error) = await TryAsync(command);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {code}: {output}{error}\n{(await TryAsync("journalctl", "-u", Unit, "--no-pager")).Out}");
    }

    /// <summary>Runs a program in the container to its end.</summary>
    public Task<(int Code, string Out, string Error)> TryAsync(params string[] command) =>
        GatewayProcess.EndAsync("nsenter", ["-t", _init, "-a", .. command]);

    /// <summary>Process id of the gateway, as this machine sees it.</summary>
    public async Task<int> GatewayIdAsync()
    {
        var inside = await ShowAsync("MainPID");
        return Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(n => n.All(char.IsAsciiDigit))
            .Select(n => (Id: n, Line: Line(n))).Where(p => p.Line.EndsWith("\t" + inside, StringComparison.Ordinal) && IsGateway(p.Id))
            .Select(p => int.Parse(p.Id, CultureInfo.InvariantCulture)).First(id => IsInside(id));

        static string Line(string id) => Read($"/proc/{id}/status").Split('\n').FirstOrDefault(l => l.StartsWith("NSpid:", StringComparison.Ordinal)) ?? "";
        static bool IsGateway(string id) => Read($"/proc/{id}/comm").Trim() == "edgenode";
        bool IsInside(int id) => ReadLink($"/proc/{id}/ns/pid") == ReadLink($"/proc/{_init}/ns/pid");
    }

    /// <summary>Waits until something holds.</summary>
    public async Task WaitAsync(Func<Task<bool>> until, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await until())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"waited {Patience.TotalSeconds} s until {what}; the container said:\n{_container.Output}\nthe unit said:\n{(await TryAsync("journalctl", "-u", Unit, "--no-pager")).Out}");
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_init.Length > 0)
        {
            await TryAsync("systemctl", "poweroff", "--force", "--force");
        }

        await _container.DisposeAsync();
        _files.Dispose();
    }

    private static int _made;

    /// <summary>Whether this machine lets a container be: a sandbox may forbid the mounts.</summary>
    private static string? Try()
    {
        var (code, output, error) = GatewayProcess.EndAsync(
            "systemd-nspawn", "-q", "-D", Root!, "--volatile=overlay", "--register=no", "--keep-unit", "--console=pipe", "/bin/true").GetAwaiter().GetResult();
        return code == 0 ? null : $"systemd-nspawn ends with {code}: {output}{error}";
    }

    private static string Shipped(string file) => Path.Combine(AppContext.BaseDirectory, "systemd", file);

    /// <summary>The first process of the container is the only child of systemd-nspawn.</summary>
    private static async Task<string> InitAsync(PeerProcess container)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && !container.HasExited)
        {
            var child = Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{container.Id}/task/{container.Id}/children")).Trim();
            if (child.Length > 0 && Read($"/proc/{child}/comm").Trim() == "systemd")
            {
                return child;
            }

            await Task.Delay(20);
        }

        throw new InvalidOperationException("the container did not boot: " + container.Output);
    }

    // A process may end between two looks.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string ReadLink(string path) => new FileInfo(path).LinkTarget ?? "";
}
