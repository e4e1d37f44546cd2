using System.Globalization;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>What the kernel says of a running process (proc(5)).</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100; // USER_HZ on every Linux that we run on

    /// <summary>A line of /proc/PID/status, in KiB: VmRSS, RssAnon, VmHWM.</summary>
    public static long StatusKib(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>User and system time so far, in seconds.</summary>
    public static double CpuSeconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Bytes that the process caused to be written to the storage layer.</summary>
    public static long WrittenBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/io").First(l => l.StartsWith("write_bytes:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Threads that wait in the kernel and take no signal: for a disk, as a rule.</summary>
    public static int ThreadsThatHang(int pid)
    {
        return Directory.GetDirectories($"/proc/{pid}/task").Count(Hangs);

        static bool Hangs(string thread)
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(thread, "stat"));
                return stat[stat.LastIndexOf(')') + 2] == 'D';
            }
            catch (IOException)
            {
                return false; // it has ended meanwhile
            }
        }
    }
}
