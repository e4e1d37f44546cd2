using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>The steps of a reading one by one, in this process, with what each allocates.</summary>
internal static class MicroBenchmarks
{
    /// <param name="filters">As BenchmarkDotNet takes them; none means all.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] filters)
    {
        // In this process: a generated project would not have the lock files and rules of this repository.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(7);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)))
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Metrics)
            .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.P95, BaselineRatioColumn.RatioMean)
            .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory) // a baseline is for its own category
            .AddLogger(NullLogger.Instance)
            .AddEventProcessor(new Progress())
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "work", "micro"))
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly)
            .Run(["--filter", .. filters.DefaultIfEmpty("*")], config).ToList();
        if (summaries.Count == 0)
        {
            Console.Error.WriteLine($"No benchmark is called {string.Join(" or ", filters)}.");
        }

        foreach (var summary in summaries)
        {
            MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
            foreach (var error in summary.ValidationErrors.Where(e => e.IsCritical))
            {
                Console.Error.WriteLine(error.Message);
            }
        }

        return summaries.Count > 0 && summaries.All(s => s.Reports.Length > 0 && s.Reports.All(r => r.Success)) ? 0 : 1;
    }

    /// <summary>All of it takes minutes.</summary>
    private sealed class Progress : EventProcessor
    {
        public override void OnStartRunBenchmark(BenchmarkCase benchmarkCase) => Console.Error.WriteLine($"{benchmarkCase.Descriptor.GetFilterName()} ...");
    }
}
