namespace EdgeNode.VirtualBench.Cases;

/// <summary>Runs the cases, one after the other on one station, and says of each how it ended.</summary>
internal static class CasesVerb
{
    private static IEnumerable<Case> Table => [.. SwitchCases.All, .. ChipCases.All, .. PulseCases.All];

    public static int Run(TimeProvider time, string[] names)
    {
        var cases = Table.Where(c => names.Length == 0 || names.Contains(c.Name)).ToList();
        if (names.Except(Table.Select(c => c.Name)).FirstOrDefault() is { } unknown)
        {
            Console.Out.WriteLine($"bench: there is no case {unknown}; there are: {string.Join(' ', Table.Select(c => c.Name))}");
            return 64;
        }

        var failed = 0;
        using (var station = new Station(time))
        {
            foreach (var one in cases)
            {
                try
                {
                    Console.Out.WriteLine($"bench: {one.Name} ... ok: {one.Run(station)}");
                }
#pragma warning disable CA1031 // Whatever ends a case, the next one is still worth its time.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    failed++;
                    Console.Out.WriteLine($"bench: {one.Name} ... FAILED: {(e is CaseFailure ? e.Message : e.ToString())}");
                }
            }
        }

        if (failed > 0)
            Console.Out.WriteLine($"bench: what the gateway said last:\n{Station.Said(60)}");
        Console.Out.WriteLine($"bench: {cases.Count} cases, {cases.Count - failed} ok, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
