using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>
/// Hands what became of driving outputs from the writers' threads to the station's loop. Bounded by the number of outputs: of each only the
/// newest report waits, since an older one says nothing any more.
/// </summary>
/// <param name="outputs">How many there are.</param>
/// <param name="signal">Called after each post, from the posting thread.</param>
public sealed class ReportMailbox(int outputs, Action signal)
{
    private readonly Lock _gate = new();
    private readonly OutputReport?[] _newest = new OutputReport?[outputs];

    /// <summary>Posts a report.</summary>
    public void Post(OutputReport report)
    {
        lock (_gate)
        {
            _newest[report.Output] = report;
        }

        signal();
    }

    /// <summary>Takes all that wait.</summary>
    internal void TakeAll(List<OutputReport> into)
    {
        lock (_gate)
        {
            for (var i = 0; i < _newest.Length; i++)
            {
                if (_newest[i] is { } report)
                {
                    into.Add(report);
                    _newest[i] = null;
                }
            }
        }
    }
}
