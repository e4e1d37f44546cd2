using System.Diagnostics;

namespace EdgeNode.Benchmarks;

/// <summary>A program that is spoken to by lines and ends with its input.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    public Peer(string program, params string[] arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Compiles a C source of this repository against libmodbus.</summary>
    /// <param name="folder">Where the program goes.</param>
    /// <param name="source">From the top of the checkout.</param>
    /// <returns>The program.</returns>
    public static string Compile(WorkFolder folder, string source)
    {
        var program = Path.Combine(folder.Path, Path.GetFileNameWithoutExtension(source));
        using var clang = Process.Start("clang", ["-O2", "-I/usr/include/modbus", "-o", program, Path.Combine(Repository(), source), "-lmodbus"]);
        clang.WaitForExit();
        return clang.ExitCode == 0 ? program : throw new InvalidOperationException($"{source} does not compile; apt-get install clang libmodbus-dev");
    }

    public string Line() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended.");

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EdgeNode.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("This runs from a checkout.");
        return folder.FullName;
    }
}
