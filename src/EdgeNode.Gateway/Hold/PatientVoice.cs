using System.Threading.Channels;
using EdgeNode.Gateway.Verbs;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// Says sentences on a thread of its own. A terminal that stands still (Ctrl-S, a serial console with flow control) holds up nobody who says something: a keeper of outputs goes on beside it.
/// </summary>
internal sealed class PatientVoice
{
    /// <summary>Sentences that may wait; what comes beyond is not said. An output has a few in a hold.</summary>
    public const int Most = 256;

    /// <summary>How long the end of the process waits for what has not been said.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly Channel<(TextWriter To, string Sentence)> _waiting = Channel.CreateBounded<(TextWriter To, string Sentence)>(Most);
    private readonly Thread _thread;

    public PatientVoice()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "voice" };
        _thread.Start();
    }

    /// <summary>Says it as soon as what came before is said; from any thread, at once.</summary>
    public void Say(TextWriter to, string sentence) => _waiting.Writer.TryWrite((to, PlainText.Of(sentence)));

    /// <summary>Nothing comes any more.</summary>
    /// <returns>All has been said; false: the terminal stands still.</returns>
    public bool End()
    {
        _waiting.Writer.TryComplete();
        return _thread.Join(Wait);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var next))
            {
                Write(next.To, next.Sentence);
            }
        }
    }

    private static void Write(TextWriter to, string sentence)
    {
        try
        {
            to.WriteLine(sentence);
        }
        catch (IOException)
        {
            // A terminal that has gone: the exit code and the outputs themselves say it.
        }
    }
}
