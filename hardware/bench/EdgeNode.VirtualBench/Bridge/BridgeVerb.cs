using System.Globalization;

namespace EdgeNode.VirtualBench.Bridge;

/// <summary>The bridge as a process: what happens to its plugs comes as lines on standard input, each answered with ok.</summary>
internal static class BridgeVerb
{
    public static int Run(TimeProvider time)
    {
        using var device = new UhidDevice(new Cp2112(BenchChips.All(time)));
        new Thread(device.Serve) { IsBackground = true }.Start();
        device.PlugIn();
        Console.Out.WriteLine("ok");
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var there = words is ["in", ..];
            if (words is ["in" or "out", "adapter"] && there)
                device.PlugIn();
            else if (words is ["in" or "out", "adapter"])
                device.PullOut();
            else if (words is not ["in" or "out", ['0', 'x', .. var hex]] || !int.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address) || !device.Plug(address, there))
                Console.Out.WriteLine($"no: {line}");
            Console.Out.WriteLine("ok");
        }

        return 0;
    }
}
