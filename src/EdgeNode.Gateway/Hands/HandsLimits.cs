namespace EdgeNode.Gateway.Hands;

/// <summary>The bounds of the local socket.</summary>
internal static class HandsLimits
{
    /// <summary>Name of the socket in the data directory.</summary>
    public const string FileName = "hands.sock";

    /// <summary>Most connections at once; one more is closed unanswered.</summary>
    public const int Connections = 8;

    /// <summary>Longest request, bytes with its line end.</summary>
    public const int RequestBytes = 16 * 1024;

    /// <summary>Longest answer that a client takes, bytes.</summary>
    public const int AnswerBytes = 8 << 20;

    /// <summary>Most requests of one connection.</summary>
    public const int Requests = 1000;

    /// <summary>Most alarms in one request.</summary>
    public const int Alarms = 1024;

    /// <summary>Longest reason that a person gives, characters.</summary>
    public const int WhyLength = 200;

    /// <summary>A connection that says nothing, or takes nothing, for so long is closed.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>How long a command waits for the step that takes it.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>Pause before a socket that could not be opened is tried again.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
}
