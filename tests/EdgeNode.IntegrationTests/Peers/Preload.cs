using EdgeNode.IntegrationTests.Field;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>A library in C that stands before libc in a program under test (LD_PRELOAD), compiled by the test that needs it.</summary>
internal static class Preload
{
    /// <summary>Compiles it.</summary>
    /// <param name="folder">Where the library goes.</param>
    /// <param name="source">The source's path within the project of these tests.</param>
    /// <returns>The library.</returns>
    public static async Task<string> BuildAsync(TempFolder folder, string source)
    {
        var project = Path.GetDirectoryName(Path.GetDirectoryName(PymodbusField.Script))!;
        var library = folder.File(Path.GetFileNameWithoutExtension(source) + ".so");
        await using var compiler = PeerProcess.Start(
            "clang", "apt-get install clang", ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, Path.Combine(project, source), "-ldl"]);
        return await compiler.WaitForExitAsync() == 0
            ? library
            : throw new InvalidOperationException($"{source} does not compile:\n{compiler.Output}");
    }
}
