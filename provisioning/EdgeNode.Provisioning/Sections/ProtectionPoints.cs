using EdgeNode.Core.Model;
using EdgeNode.Core.Texts;
using EdgeNode.Core.Validate;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What every trip and every output has of its own: two or three points, and the alarms that watch them.</summary>
internal static class ProtectionPoints
{
    /// <summary>How long a cause must be unknown before the alarm says so: as a group's failed members. A start takes its first readings meanwhile.</summary>
    private static readonly TimeSpan BlindDelay = TimeSpan.FromSeconds(4);

    public static void Add(OutputDraft output, SiteDraft draft)
    {
        var (safe, fault) = (Point(output.Id, "safe", output.Section.At, draft), Point(output.Id, "fault", output.Section.At, draft));
        if (output.Options is { } options)
            output.Options = options with { Points = new OutputPoints(safe, fault) };
    }

    public static TripPoints Of(string trip, Place at, SiteDraft draft) =>
        new(Point(trip, "tripped", at, draft), Point(trip, "inhibited", at, draft), Point(trip, "blind", at, draft));

    /// <summary>Only for a trip without faults.</summary>
    public static IEnumerable<AlarmOptions> Alarms(TripDraft trip)
    {
        var options = trip.Options!;
        yield return Alarm($"{trip.Id}.tripped", options.Points.Tripped, options.Armed ? AlarmPriority.Critical : AlarmPriority.Low, ProtectionTexts.Tripped(options));
        yield return Alarm($"{trip.Id}.inhibited", options.Points.Inhibited, AlarmPriority.High, ProtectionTexts.Inhibited(trip.Id));
        yield return Alarm($"{trip.Id}.blind", options.Points.Blind, options.Armed ? AlarmPriority.High : AlarmPriority.Low, ProtectionTexts.Blind(trip.Id)) with { OnDelay = BlindDelay };
    }

    /// <summary>Only for an output without faults.</summary>
    public static AlarmOptions Alarm(OutputDraft output) => Alarm($"{output.Id}.fault", output.Options!.Points.Fault, AlarmPriority.High, ProtectionTexts.OutputFault(output.Id));

    private static AlarmOptions Alarm(string id, int point, AlarmPriority priority, LocalText text) =>
        new(id, point, AlarmKind.Active, 0, 0, TimeSpan.Zero, TimeSpan.Zero, priority, text);

    private static int Point(string id, string name, Place at, SiteDraft draft) =>
        draft.AddPoint(new PointDraft($"{id}.{name}", draft.Points.Count, PointOptions.Computed, null) { Unit = UnitTable.Get("1"), Scale = 1, Range = new ValueRange(0, 1) }, at)?.Index ?? -1;
}
