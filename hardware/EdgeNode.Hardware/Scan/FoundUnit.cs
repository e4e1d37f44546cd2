using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Scan;

/// <summary>A unit that answered.</summary>
/// <param name="Address">Unit identifier.</param>
/// <param name="Line">The bus, with the rate and format that it answered at.</param>
/// <param name="Function">What it was asked: 3 for holding register 0, 4 for input register 0.</param>
/// <param name="Answer">Good, or the exception that it answered with.</param>
/// <param name="Objects">Its device identification (function 43, kind 14); empty when it has none.</param>
/// <param name="ServerId">What can be read of its server identification (function 17); empty when it has none.</param>
/// <param name="Profiles">Profiles that know it by what it said; empty for an unknown device.</param>
/// <param name="By">What they know it by; empty for an unknown device.</param>
public sealed record FoundUnit(
    int Address, BusOptions Line, int Function, Quality Answer, ImmutableArray<(int Object, string Text)> Objects, string ServerId, ImmutableArray<string> Profiles, string By)
{
    /// <summary>Object 0, 1, 4 or 5 of the identification; empty without it.</summary>
    public string Object(int number)
    {
        foreach (var (id, text) in Objects)
        {
            if (id == number)
                return text;
        }

        return "";
    }
}

/// <summary>A step of a scan, for whoever watches it.</summary>
/// <param name="Done">Questions that are settled.</param>
/// <param name="All">Questions to settle; a unit that answers the first one is not asked the second.</param>
/// <param name="Address">The unit that was asked.</param>
/// <param name="Found">It answered.</param>
public readonly record struct ModbusScanStep(int Done, int All, int Address, FoundUnit? Found);

/// <summary>What a scan came to.</summary>
/// <param name="Found">In the order of their addresses.</param>
/// <param name="Unclear">Addresses at which something was heard that is no reply: two units with one address, another rate or format, an echo.</param>
/// <param name="Strays">Replies that came too late, or unasked.</param>
/// <param name="Complete">Every address was asked.</param>
/// <param name="Fault">Why the line could not be used, or not to the end; null when it could.</param>
public sealed record ModbusScanReport(ImmutableArray<FoundUnit> Found, ImmutableArray<int> Unclear, long Strays, bool Complete, string? Fault);
