namespace EdgeNode.Provisioning;

/// <summary>Finds what was probably meant.</summary>
internal static class Suggest
{
    /// <summary>
    /// The candidate at the least Damerau-Levenshtein distance (letters missing, extra, wrong or swapped), upper and lower case alike,
    /// or null when none is near: at most a third of the word, and at most three, may differ.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > SiteLimits.TextLength)
            return null;

        var reach = Math.Clamp(word.Length / 3, 1, 3);
        string? nearest = null;
        var least = reach + 1;
        var lower = word.ToLowerInvariant();
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) >= least)
                continue;

            var distance = Distance(lower, candidate.ToLowerInvariant(), least);
            if (distance < least)
                (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>Optimal string alignment distance, given up as soon as it must reach <paramref name="limit"/>.</summary>
    internal static int Distance(string a, string b, int limit)
    {
        var before = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var distance = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance = Math.Min(distance, before[j - 2] + 1);
                current[j] = distance;
                least = Math.Min(least, distance);
            }

            if (least > limit)
                return limit;
            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }
}
