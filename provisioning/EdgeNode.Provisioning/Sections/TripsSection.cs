using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// <c>trips</c>, in two goes: first what stands in them, so that alarms can name their points; after the alarms the causes, which name those.
/// </summary>
internal sealed class TripsSection
{
    private readonly SiteDraft _draft;

    public TripsSection(YamlNode? node, SiteDraft draft)
    {
        _draft = draft;
        if (Scalars.List(node, "trips", draft.Faults) is not { } items)
            return;

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Trips)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} trips", $"at most {SiteLimits.Trips}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Trip, draft.Faults) is { } section)
                Trip(section);
        }
    }

    private FaultList Faults => _draft.Faults;

    /// <summary>After all alarms.</summary>
    public void ReadCauses()
    {
        var names = new CauseNames(_draft);
        foreach (var trip in _draft.Trips)
        {
            trip.Cause = new CauseReader(names, Faults).Read(trip.Section["cause"]);
            trip.Permissive = new CauseReader(names, Faults).Read(trip.Section["permissive"]);
            if (trip.Options is { } options && trip.Cause is { } cause)
                trip.Options = options with { Cause = cause.Cause, Permissive = trip.Permissive?.Cause };
            else
                trip.Options = null;
        }

        foreach (var trip in _draft.Trips)
            TripSense.Check(trip, new CauseFacts(names.Alarms, _draft), _draft);
    }

    private void Trip(SectionReader section)
    {
        var id = Scalars.Id(section["id"], Faults);
        if (id is not null)
            _draft.ClaimTag(id, "a trip", section["id"]!.At);
        var effect = Effect(section["effect"]);
        var onBad = OnBad(section["on-bad"]);
        var safetyTime = Sizes.Duration(section["process-safety-time"], SiteLimits.ProcessSafetyTime, Faults);
        var reset = Scalars.Choice(section["reset"], SiteGrammar.TripReset, Faults);
        var settle = Sizes.Duration(section["settle"], SiteLimits.Delay, Faults);
        var crash = Scalars.Choice(section["after-crash"], SiteGrammar.AfterCrash, Faults);
        var mode = Scalars.Choice(section["mode"], SiteGrammar.TripMode, Faults);
        var inhibit = Sizes.Duration(section["inhibit-at-most"], SiteLimits.Inhibit, Faults);
        var test = Sizes.Duration(section["test-at-most"], SiteLimits.Inhibit, Faults);
        var due = Dates.Read(section["proof-test-due"], Faults);
        var text = AlarmsSection.Text(section["text"], Faults);
        if (id is null)
            return;

        var trip = new TripDraft(id, section) { Points = ProtectionPoints.Of(id, section.At, _draft) };
        _draft.Trips.Add(trip);
        if (effect.IsEmpty || onBad is null || safetyTime is null)
            return;
        var options = new TripOptions(id, new CauseAny([]), effect, onBad.Value, safetyTime.Value)
        {
            ManualReset = reset != "automatic", ResumeAfterCrash = crash == "resume", Armed = mode != "shadow", ProofTestDue = due, Text = text, Points = trip.Points,
        };
        trip.Options = options with { Settle = settle ?? options.Settle, InhibitAtMost = inhibit ?? options.InhibitAtMost, TestAtMost = test ?? options.TestAtMost };
    }

    private ImmutableArray<int> Effect(YamlNode? node)
    {
        var effect = ImmutableArray.CreateBuilder<int>();
        var items = Scalars.OneOrMore(node, "outputs", Faults);
        if (node is YamlSequence { Items.IsEmpty: true })
            Faults.Add(node.At, "the trip has no effect", "the ids of outputs: each goes to its safe state");
        foreach (var item in items)
        {
            if (Scalars.Read(item, "the id of an output", Faults) is not { } scalar)
                continue;
            if (!_draft.OutputById.TryGetValue(scalar.Text, out var output))
            {
                if (!_draft.OutputsAreUnclear)
                    Faults.Add(scalar.At, $"there is no output {Words.Quoted(scalar.Text)}", "the id of an output; its effect is always the output's safe state", Suggest.Nearest(scalar.Text, _draft.OutputById.Keys));
            }
            else if (effect.Contains(output.Index))
            {
                Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is already in the list", "each output once");
            }
            else
            {
                effect.Add(output.Index);
            }
        }

        return effect.ToImmutable();
    }

    private OnBad? OnBad(YamlNode? node)
    {
        if (node is null)
            return null;
        if (node is YamlMapping)
        {
            return SectionReader.Open(node, SiteGrammar.TripOnBad, Faults) is { } section && Sizes.Duration(section["trip-after"], SiteLimits.Delay, Faults) is { } after
                ? new OnBad(OnBadKind.TripAfter, after)
                : null;
        }

        if (node is YamlScalar { Text: "trip-after" or "trip" })
        {
            Faults.Add(node.At, "nothing says after what time an unknown cause trips", "{ trip-after: 10s }, hold or alarm-only");
            return null;
        }

        return Scalars.Choice(node, SiteGrammar.OnBad, Faults) switch
        {
            "hold" => new OnBad(OnBadKind.Hold, TimeSpan.Zero),
            "alarm-only" => new OnBad(OnBadKind.AlarmOnly, TimeSpan.Zero),
            _ => null,
        };
    }
}

/// <summary>A trip while its parts come together.</summary>
/// <param name="Id">Tag name.</param>
/// <param name="Section">Its keys, for the places of faults.</param>
internal sealed record TripDraft(string Id, SectionReader Section)
{
    public TripPoints Points { get; init; }

    /// <summary>Null when faulty.</summary>
    public TripOptions? Options { get; set; }

    /// <summary>The cause with its places in the file; null when faulty.</summary>
    public CauseDraft? Cause { get; set; }

    /// <summary>As the cause; null too when there is none.</summary>
    public CauseDraft? Permissive { get; set; }
}

/// <summary>A cause and where it stands.</summary>
/// <param name="Cause">What it is.</param>
/// <param name="At">Where.</param>
/// <param name="Of">What it is made of, in the cause's order.</param>
internal sealed record CauseDraft(Cause Cause, Place At, ImmutableArray<CauseDraft> Of)
{
    /// <summary>Of a name: as the site file writes it.</summary>
    public string Name { get; init; } = "";

    /// <summary>All that it names.</summary>
    public IEnumerable<AlarmCause> Names => Cause is CauseOf { What: var what } ? [what] : Of.SelectMany(c => c.Names);
}
