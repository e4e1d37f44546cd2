namespace EdgeNode.Benchmarks.Protection;

/// <summary>Quantiles of delays, in milliseconds.</summary>
internal sealed record Figures(int Count, double P50, double P99, double P999, double Max)
{
    /// <param name="delays">In any order; sorted by this.</param>
    /// <param name="perMs">How many of their unit a millisecond has.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Figures Of(long[] delays, double perMs)
    {
        Array.Sort(delays);
        return delays.Length == 0
            ? throw new InvalidOperationException("not one delay was measured: the chain from sample to output stands still")
            : new Figures(delays.Length, At(0.5), At(0.99), At(0.999), At(1));

        double At(double quantile) => delays[Math.Min(delays.Length - 1, (int)(delays.Length * quantile))] / perMs;
    }
}
