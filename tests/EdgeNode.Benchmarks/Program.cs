using System.Globalization;
using System.Runtime.InteropServices;
using EdgeNode.Benchmarks.Micro;
using EdgeNode.Benchmarks.Whole;
using EdgeNode.Benchmarks.Wire;

// Prints figures and judges none. README.md says what each means.
return args switch
{
    [] => await WholeAsync("60") is 0 ? MicroBenchmarks.Run([]) : 1,
    ["whole"] => await WholeAsync("60"),
    ["whole", "--seconds", var n] when IsSeconds(n) => await WholeAsync(n),
    ["modbus"] => ModbusWire.Run(31),
    ["micro", .. var filters] => MicroBenchmarks.Run(filters),
    _ => Usage(),
};

static async Task<int> WholeAsync(string seconds)
{
    // The first signal ends what was started, in order; a second one ends this process at once.
    using var stop = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    try
    {
        return await WholeProcess.RunAsync(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)), stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 1;
    }
    catch (InvalidOperationException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }

    void End(PosixSignalContext context)
    {
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}

static bool IsSeconds(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 86_400;

static int Usage()
{
    Console.Error.WriteLine("usage: [whole [--seconds N] | modbus | micro [FILTER...]]   a filter as BenchmarkDotNet takes it: '*Modbus*'");
    return 64;
}
