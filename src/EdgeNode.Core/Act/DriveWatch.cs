using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>Follows what becomes of driving an output.</summary>
/// <param name="energised">What was asked for at the start.</param>
/// <param name="start">Monotonic time of the start.</param>
internal sealed class DriveWatch(bool energised, TimeSpan start)
{
    /// <summary>How long it may take until something is heard of a command; an assumption: longer than a Modbus time-out and its turn on the bus.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private bool _asked = energised;
    private TimeSpan? _silentSince = start;
    private bool _isSilent;
    private string? _refused;

    /// <summary>It took what is asked for; null while nothing was heard of it.</summary>
    public bool? Driven { get; private set; }

    /// <summary>It took what is asked for at least once since it was asked: a device that falls silent after that has not left it.</summary>
    public bool HasTaken { get; private set; }

    /// <summary>What it says that it does.</summary>
    public bool? ReadBack { get; private set; }

    /// <summary>What is wrong with driving it, or null.</summary>
    public string? Detail => _refused is { } why ? "it cannot be driven: " + why
        : _isSilent ? string.Create(CultureInfo.InvariantCulture, $"nothing was heard of driving it within {AnswerWithin.TotalSeconds:0} s")
        : null;

    /// <summary>It cannot be driven, or nobody knows.</summary>
    public bool IsFault => _refused is not null || _isSilent;

    /// <summary>It does something else than it took.</summary>
    public bool ReadsBackOther => Driven == true && ReadBack is { } does && does != _asked;

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline => _isSilent ? null : _silentSince + AnswerWithin;

    /// <summary>Another position is asked for. That it could not be driven stays so until it is.</summary>
    public void Command(bool energised, TimeSpan at) => (_asked, Driven, HasTaken, ReadBack, _silentSince) = (energised, null, false, null, at);

    /// <summary>What became of driving it; of an older command it says nothing.</summary>
    public void Take(in OutputReport report)
    {
        if (report.Energised != _asked)
        {
            return;
        }

        (Driven, ReadBack, _silentSince, _isSilent) = (report.Done, report.ReadBack, null, false);
        _refused = report.Done ? null : report.Fault;
        HasTaken |= report.Done;
    }

    /// <summary>Lets time run up to a moment.</summary>
    public void Advance(TimeSpan until) => _isSilent |= _silentSince is { } since && until >= since + AnswerWithin;
}
