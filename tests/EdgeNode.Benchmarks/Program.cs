using System.Globalization;
using System.Runtime.InteropServices;
using EdgeNode.Benchmarks.Micro;
using EdgeNode.Benchmarks.Protection;
using EdgeNode.Benchmarks.Wear;
using EdgeNode.Benchmarks.Whole;
using EdgeNode.Benchmarks.Wire;

// Prints figures and judges none. README.md says what each means.
return args switch
{
    [] => Whole("60") is 0 ? MicroBenchmarks.Run([]) : 1,
    ["whole"] => Whole("60"),
    ["whole", "--seconds", var n] when IsSeconds(n) => Whole(n),
    ["wear", "--seconds", var n, .. var only] when IsSeconds(n) => Interruptible(stop => WearBench.Run(TimeSpan.FromSeconds(Seconds(n)), only, stop)),
    ["wear", .. var only] => Interruptible(stop => WearBench.Run(TimeSpan.FromSeconds(60), only, stop)),
    ["modbus"] => Interruptible(_ => ModbusWire.Run(31)),
    ["protection"] => Protection("60"),
    ["protection", "--seconds", var n] when IsSeconds(n) => Protection(n),
    ["micro", .. var filters] => MicroBenchmarks.Run(filters),
    _ => Usage(),
};

static int Whole(string seconds) =>
    Interruptible(stop => WholeProcess.RunAsync(TimeSpan.FromSeconds(Seconds(seconds)), stop).GetAwaiter().GetResult());

static int Protection(string seconds) =>
    Interruptible(stop => ProtectionDelay.RunAsync(TimeSpan.FromSeconds(Seconds(seconds)), stop).GetAwaiter().GetResult());

static int Interruptible(Func<CancellationToken, int> run)
{
    // The first signal ends what was started, in order; a second one ends this process at once.
    using var stop = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    try
    {
        return run(stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 1;
    }
    catch (InvalidOperationException e)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }

    void End(PosixSignalContext context)
    {
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}

static int Seconds(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static bool IsSeconds(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 86_400;

static int Usage()
{
    Console.Error.WriteLine("usage: [whole [--seconds N] | wear [--seconds N] [NAME...] | modbus | protection [--seconds N] | micro [FILTER...]]   a filter as BenchmarkDotNet takes it: '*Modbus*'");
    return 64;
}
