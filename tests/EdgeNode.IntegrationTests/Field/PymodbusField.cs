using System.Diagnostics;
using System.Globalization;

namespace EdgeNode.IntegrationTests.Field;

/// <summary>One value that the pymodbus field has sent to a master.</summary>
/// <param name="Unit">Unit identifier.</param>
/// <param name="Point">Point of the unit, from 0; float32 in holding registers 2 x point and the next.</param>
/// <param name="Value">What was served: the first value of a point is 1, each further one is one more.</param>
/// <param name="UnixMicroseconds">When, by the wall clock, just before the reply was sent.</param>
public readonly record struct ServedValue(int Unit, int Point, long Value, long UnixMicroseconds);

/// <summary>How the pymodbus field is set up.</summary>
/// <param name="Units">Units 1 to N.</param>
/// <param name="Points">Points of each unit.</param>
public sealed record PymodbusFieldOptions(int Units = 10, int Points = 20)
{
    /// <summary>Each unit alone behind a port of its own, unit 1 behind the first; otherwise all behind one.</summary>
    public bool PortPerUnit { get; init; }

    /// <summary>Units that take requests and never answer.</summary>
    public IReadOnlyList<int> Drop { get; init; } = [];

    /// <summary>The ports to use, to start the field again where it was; any free ones when empty.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];
}

/// <summary>
/// pymodbus_field.py as a process of its own: a Modbus TCP field that writes down each value as it serves it, for tests that follow every value
/// from the wire to the broker.
/// </summary>
public sealed class PymodbusField : IAsyncDisposable
{
    /// <summary>The interpreter that Debian's packages belong to; another python3 on the path would not see them.</summary>
    internal const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _complaints;

    private PymodbusField(Process process, Task<string> complaints, string logFile)
    {
        _process = process;
        _complaints = complaints;
        LogFile = logFile;
    }

    /// <summary>The script, found from the test assembly upwards.</summary>
    public static string Script
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "EdgeNode.sln")))
                {
                    return Path.Combine(folder.FullName, "tests", "EdgeNode.IntegrationTests", "Field", "pymodbus_field.py");
                }
            }

            throw new InvalidOperationException($"There is no EdgeNode.sln above {AppContext.BaseDirectory}.");
        }
    }

    /// <summary>Ports on 127.0.0.1, one for all units or one for each.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>The only port, or that of unit 1.</summary>
    public int Port => Ports[0];

    /// <summary>Where the served values are written; kept when the field stops. A field started again with it goes on counting where it ends.</summary>
    public string LogFile { get; }

    /// <summary>Process id, for signals (SIGSTOP and the like).</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts the field and waits until it listens.</summary>
    /// <param name="options">Units, points, ports.</param>
    /// <param name="logFile">File for the served values, appended to.</param>
    /// <param name="stop">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message says why, and names the packages when they are missing.</exception>
    public static async Task<PymodbusField> StartAsync(PymodbusFieldOptions options, string logFile, CancellationToken stop)
    {
        if (!File.Exists(Python)) throw new InvalidOperationException($"{Python} is missing: install the Debian packages python3, python3-pymodbus and python3-serial-asyncio.");
        var start = new ProcessStartInfo(Python, Arguments(options, logFile))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        var field = new PymodbusField(process, process.StandardError.ReadToEndAsync(CancellationToken.None), logFile);
        try
        {
            field.Ports = await field.ReadyAsync(options.PortPerUnit ? options.Units : 1, stop);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>The values served so far, in the order in which they were served. A last line that is still being written is left out.</summary>
    public IReadOnlyList<ServedValue> Served()
    {
        if (!File.Exists(LogFile)) return [];
        using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string text = new StreamReader(stream).ReadToEnd();
        string[] lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(Parse)];
    }

    /// <summary>Ends the field and waits until it is gone; its log stays.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (Exception stuck) when (stuck is OperationCanceledException or IOException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static string[] Arguments(PymodbusFieldOptions options, string logFile)
    {
        IEnumerable<int> ports = options.Ports.Count > 0 ? options.Ports : Enumerable.Repeat(0, options.PortPerUnit ? options.Units : 1);
        return
        [
            Script, "--until-eof", "--log", logFile, "--units", Text(options.Units), "--points", Text(options.Points),
            options.PortPerUnit ? "--ports" : "--port", string.Join(',', ports.Select(Text)), "--drop", string.Join(',', options.Drop.Select(Text)),
        ];
    }

    private async Task<int[]> ReadyAsync(int count, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        var ports = new List<int>();
        while (ports.Count < count)
        {
            string? line = await _process.StandardOutput.ReadLineAsync(limit.Token);
            if (line is null) throw new InvalidOperationException($"The pymodbus field did not start. {(await _complaints).Trim()}");
            if (line.StartsWith("ready ", StringComparison.Ordinal)) ports.Add(int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
        }

        return [.. ports];
    }

    private static ServedValue Parse(string line)
    {
        string[] fields = line.Split(',');
        return new(Number<int>(fields[0]), Number<int>(fields[1]), Number<long>(fields[2]), Number<long>(fields[3]));
    }

    private static T Number<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
