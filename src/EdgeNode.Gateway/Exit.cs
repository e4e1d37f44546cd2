namespace EdgeNode.Gateway;

/// <summary>Exit codes of every verb (DESIGN.md section 4; numbers as in sysexits.h).</summary>
internal static class Exit
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>A device or broker cannot be reached.</summary>
    public const int Unreachable = 69;

    /// <summary>The site file is wrong.</summary>
    public const int Config = 78;
}
