using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>scan</c>: what hangs on the buses of this node, before there is a site file.</summary>
internal static class ScanVerb
{
    public static Command Make() => new(
        "scan",
        "Finds devices and writes nothing to them. --write-site drafts a site file of what was found. Exit code 69 when nothing was found, or a port, address or bus cannot be used.")
    {
        ScanModbusVerb.Make(), ScanI2cVerb.Make(), ScanGpioVerb.Make(), ScanSerialVerb.Make(),
    };
}
