using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Spool;
using EdgeNode.Spool.State;

namespace EdgeNode.Gateway;

/// <summary>
/// What the recorder's thread does beside appending: it settles stamps that were made before the spool could say where the clock's floor
/// is, tells the platform of time corrections, and loads and writes the state store.
/// </summary>
/// <param name="spool">The spool, opened with the first call.</param>
/// <param name="clock">Both clocks.</param>
/// <param name="state">The state store.</param>
/// <param name="totals">Totals on their way into it.</param>
/// <param name="alarms">Where a damaged state store is told.</param>
/// <param name="stateDamaged">Called when the state store was damaged at the start, with what is wrong.</param>
internal sealed class NodeRecorder(
    LateSpool spool, IStationClock clock, StateStore state, StateTotals totals, INodeAlarms alarms, Action<string> stateDamaged) : IRecorder
{
    /// <summary>Key of the boot whose first correction was told, so that a restart does not tell it again; 16 bytes.</summary>
    private const string ToldKey = "node/time-told";

    private Reading[] _settled = [];
    private ClockQuality? _noted;
    private TimeCorrection? _untold;
    private bool _tellingBoot;

    /// <inheritdoc/>
    public SpoolFill Fill => spool.Fill;

    /// <inheritdoc/>
    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) => Open() is null ? AppendOutcome.DiskFailed : spool.AppendReadings(Settle(readings));

    /// <inheritdoc/>
    public AppendOutcome AppendEvent(EventRecord record) =>
        Open() is null ? AppendOutcome.DiskFailed : spool.AppendEvent(record with { Time = clock.Correct(record.Time) });

    /// <inheritdoc/>
    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason) =>
        Open() is null ? AppendOutcome.DiskFailed : spool.AppendLoss(stream, count, clock.Correct(first), clock.Correct(last), reason);

    /// <inheritdoc/>
    public AppendOutcome Commit()
    {
        if (Open() is not { } journal)
        {
            return AppendOutcome.DiskFailed;
        }

        var outcome = spool.Commit();
        if (outcome == AppendOutcome.Kept && TellCorrections(journal))
        {
            outcome = spool.Commit();
        }

        if (outcome == AppendOutcome.Kept && _tellingBoot)
        {
            // Not before the event is safe: a power cut must not leave the word that it was told without it.
            _tellingBoot = false;
            state.Set(ToldKey, BootBytes());
        }

        CommitState();
        return outcome;
    }

    /// <summary>Writes the last of the state. Belongs to the recorder's thread, or after its end, before the spool is closed.</summary>
    /// <param name="last">At the end: what has a slower pace is written too.</param>
    public void CommitState(bool last = false)
    {
        if (state.IsLoaded)
        {
            totals.Write(last);
            state.Commit();
            TellState();
        }
    }

    private Journal? Open()
    {
        var journal = spool.Ready();
        if (journal is not null && !state.IsLoaded)
        {
            state.Load();
            if (state.Fault is { } fault)
            {
                stateDamaged(fault);
            }

            TellState();
        }

        // Before the records that are stamped by it. A failing disk is told by what is appended next.
        if (journal is not null && clock.Read().Wall.Clock is var quality && quality != _noted && journal.NoteClock() == AppendOutcome.Kept)
        {
            _noted = quality;
        }

        return journal;
    }

    private void TellState() => alarms.Set(NodeAlarm.StateDamaged, state.Fault is not null, state.Fault ?? "");

    private byte[] BootBytes() => clock.BootId.ToByteArray();

    /// <returns>True when an event was appended, which is to be committed.</returns>
    private bool TellCorrections(Journal journal)
    {
        var appended = false;
        while ((_untold ?? clock.TakeCorrection()) is { } correction)
        {
            _untold = correction;
            if (correction.Gradual || !(_tellingBoot || IsBootTold()))
            {
                var record = EventBody.TimeCorrection(clock.Read().Wall, clock.BootId, journal.EpochsOfBoot, correction);
                if (journal.AppendEvent(record) != AppendOutcome.Kept)
                {
                    // With the next commit that the disk takes.
                    return appended;
                }

                appended = true;
                _tellingBoot |= !correction.Gradual;
            }

            _untold = null;
        }

        return appended;
    }

    private bool IsBootTold() => state.Get(ToldKey) is { } told && told.AsSpan().SequenceEqual(BootBytes());

    private ReadOnlySpan<Reading> Settle(ReadOnlySpan<Reading> readings)
    {
        var first = 0;
        while (first < readings.Length && readings[first].Time.Clock == ClockQuality.Synchronised)
        {
            first++;
        }

        if (first == readings.Length)
        {
            return readings;
        }

        if (_settled.Length < readings.Length)
        {
            _settled = new Reading[readings.Length];
        }

        for (var i = 0; i < readings.Length; i++)
        {
            _settled[i] = readings[i] with { Time = clock.Correct(readings[i].Time) };
        }

        return _settled.AsSpan(0, readings.Length);
    }
}
