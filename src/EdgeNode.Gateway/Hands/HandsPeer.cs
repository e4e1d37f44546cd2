using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeNode.Gateway.Hands;

/// <summary>Who is at the other end of a local socket, as the kernel says it (SO_PEERCRED, unix(7)): nobody can claim to be another.</summary>
/// <param name="Pid">Process.</param>
/// <param name="Uid">User.</param>
/// <param name="Name">The user's name; <c>uid N</c> where the machine has none for it.</param>
internal sealed record HandsPeer(int Pid, uint Uid, string Name)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const string Users = "/etc/passwd";
    private const int MostBytes = 1 << 20;

    /// <exception cref="SocketException">The kernel does not say.</exception>
    public static HandsPeer Of(Socket socket)
    {
        Span<int> credentials = stackalloc int[3]; // pid, uid, gid
        socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        var uid = (uint)credentials[1];
        return new HandsPeer(credentials[0], uid, NameOf(uid) ?? string.Create(CultureInfo.InvariantCulture, $"uid {uid}"));
    }

    /// <summary>This process, for what it does without a gateway.</summary>
    public static HandsPeer Own() => new(Environment.ProcessId, OwnUid, NameOf(OwnUid) ?? string.Create(CultureInfo.InvariantCulture, $"uid {OwnUid}"));

    /// <summary>The user of this process.</summary>
    public static uint OwnUid { get; } = uint.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);

    private static string? NameOf(uint uid)
    {
        try
        {
            if (new FileInfo(Users).Length > MostBytes)
            {
                return null;
            }

            var id = uid.ToString(CultureInfo.InvariantCulture);
            return File.ReadLines(Users).Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 2 && f[2] == id && f[0].Length is > 0 and <= 64)?[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
