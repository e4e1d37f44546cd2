using EdgeNode.Core.Model;
using EdgeNode.Core.Texts;

namespace EdgeNode.Provisioning.Sections;

/// <summary>The alarms of inputs that mean tamper, mains-fail or door: INPUT.tamper and so on. Who writes an alarm of what such a contact says has that one alone; one of its quality says something else.</summary>
internal static class ContactAlarms
{
    /// <summary>Of the inputs that could be read.</summary>
    public static IEnumerable<AlarmOptions> Of(SiteDraft draft) =>
        from input in draft.Inputs
        where InputTexts.Priority(input.Means) is not null && !draft.Alarms.Exists(a => a.Point == input.Point && a.Group is null && !a.Kind.IsOfQuality())
        select new AlarmOptions(
            $"{input.Id}.{input.Means.Text()}", input.Point, AlarmKind.Active, 0, 0, TimeSpan.Zero, TimeSpan.Zero,
            InputTexts.Priority(input.Means)!.Value, InputTexts.Alarm(input.Means, input.Id));
}
