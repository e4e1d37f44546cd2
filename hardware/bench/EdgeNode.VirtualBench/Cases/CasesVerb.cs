namespace EdgeNode.VirtualBench.Cases;

/// <summary>Runs the cases, one after the other, and says of each how it ended. A case that resets the machine is gone on with after its boot.</summary>
internal static class CasesVerb
{
    private static IEnumerable<Case> Table => [.. SwitchCases.All, .. ChipCases.All, .. PulseCases.All, .. BoardCases.All, .. OutputCases.All, .. ResetCases.All];

    public static int Run(TimeProvider time, string[] names)
    {
        var cases = Table.Where(c => names.Length == 0 || names.Contains(c.Name)).ToList();
        if (names.Except(Table.Select(c => c.Name)).FirstOrDefault() is { } unknown)
        {
            Console.Out.WriteLine($"bench: there is no case {unknown}; there are: {string.Join(' ', Table.Select(c => c.Name))}");
            return 64;
        }

        var resumed = Progress.Take();
        var failed = resumed?.Failed ?? 0;
        using (var plant = new Plant(time))
        {
            for (var i = resumed?.Next ?? 0; i < cases.Count; i++)
            {
                var one = cases[i];
                try
                {
                    Console.Out.WriteLine($"bench: {one.Name} ... ok: {(i == resumed?.Next ? one.AfterReset!(plant.Outputs) : Begin(one, plant, new Progress(i, failed)))}");
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
            Console.Out.WriteLine($"bench: what the gateway said last:\n{Station.Said(60)}\n{OutputStation.Said(60)}");
        Console.Out.WriteLine($"bench: {cases.Count} cases, {cases.Count - failed} ok, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static string Begin(Case one, Plant plant, Progress progress)
    {
        if (one.AfterReset is null)
            return one.Run(plant);
        progress.Keep();
        one.Run(plant);
        throw new CaseFailure("the machine was not reset");
    }
}
