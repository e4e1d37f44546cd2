using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.SimulationTests.Simulated;

namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>How a bus does.</summary>
/// <param name="Dead">Nothing answers; each question costs its time-out.</param>
/// <param name="Latency">Time from a question to its answer.</param>
internal sealed record BusMood(bool Dead, TimeSpan Latency)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    public static BusMood Well { get; } = new(false, TimeSpan.FromMilliseconds(15));

    public static BusMood Lines { get; } = new(false, TimeSpan.Zero);

    public TimeSpan Takes => Dead ? Timeout : Latency;
}

/// <summary>One bus of one life: one question at a time, the others wait for their turn. A question that waits already is not asked twice.</summary>
/// <param name="id">Its name in the site file.</param>
/// <param name="field">What hangs on it.</param>
/// <param name="clock">True time.</param>
/// <param name="mood">How it does now.</param>
internal sealed class PlantBus(string id, Field field, VirtualClock clock, Func<BusMood> mood) : IFieldBus
{
    private readonly Queue<int> _waiting = new();
    private TimeSpan _answerAt;

    public string Id => id;

    public BusHealth Health => default;

    public TimeSpan? Pending => _waiting.Count > 0 ? _answerAt : null;

    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        var takes = mood().Takes;
        if (takes == TimeSpan.Zero && _waiting.Count == 0)
        {
            field.Ask(device, answers: true, samples);
            return;
        }

        if (!_waiting.Contains(device))
        {
            _answerAt = _waiting.Count == 0 ? clock.Monotonic + takes : _answerAt;
            _waiting.Enqueue(device);
        }
    }

    public void Resume(List<RawSample> samples, CancellationToken stop)
    {
        if (_waiting.Count > 0 && clock.Monotonic >= _answerAt)
        {
            field.Ask(_waiting.Dequeue(), !mood().Dead, samples);
            _answerAt = clock.Monotonic + mood().Takes;
        }
    }

    public void Dispose()
    {
    }
}
