namespace EdgeNode.Records;

/// <summary>What can be done about a history that cannot be used.</summary>
internal enum HistoryFaultKind
{
    /// <summary>Somebody else has the file open: wait a little.</summary>
    Locked,

    /// <summary>The disk is full or read-only, or rights are missing: the file may be sound, so it is left and tried again.</summary>
    Disk,

    /// <summary>Anything else: the file goes into quarantine.</summary>
    Damaged,
}

/// <summary>LiteDB's exceptions, sorted. Damage surfaces as almost any of them, so all that is not known to be something else is damage.</summary>
internal sealed class HistoryFault(HistoryFaultKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    private const int Eagain = 11;
    private const int Enospc = 28;
    private const int Erofs = 30;
    private const int Edquot = 122;

    internal HistoryFaultKind Kind { get; } = kind;

    internal static HistoryFault Of(Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is HistoryFault known)
            {
                return known;
            }

            if (at is UnauthorizedAccessException)
            {
                return new HistoryFault(HistoryFaultKind.Disk, at.Message, e);
            }

            // On Unix the low half of an IOException's HResult is the errno where the framework has no code of its own.
            if (at is IOException && (at.HResult & 0xFFFF) is Eagain)
            {
                return new HistoryFault(HistoryFaultKind.Locked, at.Message, e);
            }

            if (at is IOException && (at.HResult & 0xFFFF) is Enospc or Erofs or Edquot)
            {
                return new HistoryFault(HistoryFaultKind.Disk, at.Message, e);
            }
        }

        return new HistoryFault(HistoryFaultKind.Damaged, $"{e.GetType().Name}: {e.Message}", e);
    }
}
