using System.Globalization;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.Serial;

/// <summary>An independent Modbus RTU slave on a tty, as a process of its own.</summary>
internal static class SerialSlave
{
    private static readonly string Sources = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(PymodbusField.Script))!, "Serial");

    /// <summary>libmodbus_slave.c, compiled here: unit 17, holding registers 7 n + 3, input registers 11 n + 5.</summary>
    public static async Task<PeerProcess> StartLibmodbusAsync(string tty, int baud, TempFolder folder)
    {
        const string install = "apt-get install clang libmodbus-dev";
        var program = folder.File("libmodbus_slave");
        await using (var compiler = PeerProcess.Start(
            "clang", install, ["-O2", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus", "-o", program, Path.Combine(Sources, "libmodbus_slave.c"), "-lmodbus"]))
        {
            if (await compiler.WaitForExitAsync() != 0)
                throw new InvalidOperationException($"libmodbus_slave.c does not compile ({install}):\n{compiler.Output}");
        }

        return await ReadyAsync(PeerProcess.Start(program, install, [tty, Text(baud)]));
    }

    /// <summary>pymodbus_slave.py: units 1 to 3, holding registers 7 n + 3 + unit, input registers 11 n + 5 + unit.</summary>
    public static Task<PeerProcess> StartPymodbusAsync(string tty, int baud) =>
        ReadyAsync(PeerProcess.Start(
            PymodbusField.Python, "apt-get install python3-pymodbus python3-serial python3-serial-asyncio",
            [Path.Combine(Sources, "pymodbus_slave.py"), tty, Text(baud)]));

    private static async Task<PeerProcess> ReadyAsync(PeerProcess slave)
    {
        try
        {
            await slave.WaitForLineAsync("ready");
            return slave;
        }
        catch
        {
            await slave.DisposeAsync();
            throw;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
