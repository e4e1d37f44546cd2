using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>What <c>bus-health</c> gives of which kind of bus. What a kind cannot suffer is left out, so that no point is always 0.</summary>
/// <remarks>Counts are totals since the start of the process. The two shares are of the time since the scan before.</remarks>
public static class BusQuantities
{
    private static readonly ImmutableArray<string> Tcp =
        ["requests", "timeouts", "wrong-replies", "exceptions", "retries", "connects", "link-failures", "link-up", "failures", "duty"];

    private static readonly ImmutableArray<string> Rtu =
        ["requests", "timeouts", "checksum-errors", "wrong-replies", "exceptions", "retries", "connects", "link-failures", "link-up", "failures", "duty"];

    private static readonly ImmutableArray<string> I2c = ["requests", "timeouts", "resets", "link-failures", "link-up", "failures", "duty"];

    private static readonly ImmutableArray<string> Gpio = ["requests", "lost-edges", "failures", "duty"];

    private static readonly ImmutableArray<string> Sysfs = ["requests", "failures", "duty"];

    /// <summary>All, with their units.</summary>
    public static ImmutableArray<(string Name, string Unit)> All { get; } =
    [
        ("requests", "count"), ("timeouts", "count"), ("checksum-errors", "count"), ("wrong-replies", "count"), ("exceptions", "count"), ("retries", "count"),
        ("lost-edges", "count"), ("resets", "count"), ("connects", "count"), ("link-failures", "count"), ("link-up", "1"), ("failures", "%"), ("duty", "%"),
    ];

    /// <summary>Those of a bus.</summary>
    public static ImmutableArray<string> Of(BusOptions bus) => bus switch
    {
        ModbusTcpBusOptions => Tcp,
        I2cBusOptions => I2c,
        GpioBusOptions => Gpio,
        SysfsBusOptions => Sysfs,
        _ => Rtu,
    };
}
