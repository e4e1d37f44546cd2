namespace EdgeNode.Hardware.Doctor;

/// <summary>What a check came to.</summary>
public enum Verdict
{
    /// <summary>As it must be.</summary>
    Right,

    /// <summary>Not as it must be.</summary>
    Wrong,

    /// <summary>It cannot be known from here: a person or a trial must tell.</summary>
    Unknown,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What was looked at, in the words of the site file where it has one: released-line, pull, line.</param>
/// <param name="Place">Where: an output, a chip, a unit of systemd.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Says">What was found, one sentence without its full stop.</param>
/// <param name="Remedy">What to do about it, one sentence without its full stop; empty where nothing is to be done.</param>
public sealed record Finding(string Check, string Place, Verdict Verdict, string Says, string Remedy = "");
