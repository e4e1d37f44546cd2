using System.Collections.Frozen;
using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// What the status words of one device say of the values of one scan. A word counts for the values that were read in the same scan, in whatever order the
/// requests went, and for no others; <see cref="StatusWord.Unread"/> says what holds without it.
/// </summary>
internal sealed class DeviceStatus
{
    private readonly ImmutableArray<StatusWord> _words;
    private readonly Quality?[] _said;
    private readonly bool[] _read;
    private readonly FrozenDictionary<int, int[]> _wordsOf;

    /// <param name="words">At least one.</param>
    public DeviceStatus(ImmutableArray<StatusWord> words)
    {
        _words = words;
        _said = new Quality?[words.Length];
        _read = new bool[words.Length];
        _wordsOf = words.SelectMany((w, i) => w.Points.Select(p => (Point: p, Word: i))).GroupBy(c => c.Point, c => c.Word).ToFrozenDictionary(c => c.Key, c => c.ToArray());
    }

    /// <summary>Each word has been read in this scan.</summary>
    public bool IsComplete => Array.TrueForAll(_read, static r => r);

    /// <summary>A scan begins.</summary>
    public void Begin() => Array.Clear(_read);

    /// <summary>The unit was away and may be another one: what it said before is not known of it.</summary>
    public void Forget()
    {
        Array.Clear(_said);
        Array.Clear(_read);
    }

    /// <summary>A word was read.</summary>
    /// <param name="word">Which.</param>
    /// <param name="bits">What it holds.</param>
    /// <param name="says">What that means.</param>
    /// <returns>True when it means something else than the last time, or is not good the first time.</returns>
    public bool Take(int word, ulong bits, out Quality says)
    {
        says = _words[word].Judge(bits);
        var isNew = _said[word].GetValueOrDefault() != says;
        (_said[word], _read[word]) = (says, true);
        return isNew;
    }

    /// <summary>Gives the samples of the scan the quality that the words leave them.</summary>
    /// <param name="samples">Those of the scan, behind others.</param>
    /// <param name="first">Where they begin.</param>
    public void Apply(List<RawSample> samples, int first)
    {
        for (var i = first; i < samples.Count; i++)
        {
            var sample = samples[i];
            if (!_wordsOf.TryGetValue(sample.Point, out var words))
                continue;
            var quality = sample.Quality;
            foreach (var word in words)
                quality = StatusWord.Worse(quality, _read[word] ? _said[word].GetValueOrDefault() : StatusWord.Unread(_said[word]));
            samples[i] = sample with { Quality = quality, Raw = quality.IsBad ? 0 : sample.Raw };
        }
    }
}
