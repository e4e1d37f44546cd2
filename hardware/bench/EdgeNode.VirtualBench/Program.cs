using System.Globalization;
using EdgeNode.VirtualBench.Bridge;
using EdgeNode.VirtualBench.Cases;
using EdgeNode.VirtualBench.Pulses;

int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

switch (args)
{
    case ["bridge"]:
        return BridgeVerb.Run(TimeProvider.System);
    case ["pulses", var line, var hertz, var seconds]:
        return PulsesVerb.Run(Whole(line), Whole(hertz), Whole(seconds));
    case ["cases", .. var names]:
        return CasesVerb.Run(TimeProvider.System, names);
    default:
        Console.Error.WriteLine("edgenode-bench runs inside the bench's machine: bridge | pulses LINE HERTZ SECONDS | cases [NAME...]. Start it by: ./build.sh bench");
        return 64;
}
