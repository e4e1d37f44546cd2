using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning;

/// <summary>One thing that is wrong in a site file.</summary>
/// <param name="File">The file as the technician named it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Message">What is wrong, what was expected, did you mean; on one line.</param>
public sealed record SiteFault(string File, int Line, int Column, string Message)
{
    /// <summary>False for a file that is missing and that only the uplink needs: measuring begins without it.</summary>
    public bool StopsRun { get; init; } = true;

    /// <summary><c>file:line:column: message</c>, which editors and terminals turn into a link.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}

/// <summary>What became of a site file.</summary>
/// <param name="Site">The site; null when there is any fault that stops a run.</param>
/// <param name="Faults">All faults, in the order of the file.</param>
public sealed record SiteResult(Site? Site, ImmutableArray<SiteFault> Faults)
{
    /// <summary>What is allowed and yet most likely not meant, where it has a place in the file; in the file's order. Only beside a site. The others are <see cref="SiteHints"/>.</summary>
    public ImmutableArray<SiteFault> Hints { get; init; } = [];
}
