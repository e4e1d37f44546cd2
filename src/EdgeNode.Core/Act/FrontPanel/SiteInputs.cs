using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>Something that a contact of the front panel does.</summary>
/// <param name="Input">Index into <see cref="Site.Inputs"/>.</param>
/// <param name="Act">What.</param>
/// <param name="At">Monotonic time of the reading, or of the moment at which it was overdue.</param>
/// <param name="First">It is the first thing that this run knows of the contact.</param>
public readonly record struct ContactChange(int Input, ContactAct Act, TimeSpan At, bool First = false)
{
    /// <summary>Monotonic time at which it was last known not to be so: of a press, the last moment at which no finger was on the button. Not after <see cref="At"/>.</summary>
    public TimeSpan Since { get; init; } = At;
}

/// <summary>
/// What the contacts of a site do to the node: edges of good readings of their points. Buttons go by <see cref="ContactTable"/>, the key
/// switch for maintenance by the same without its limit, and tamper, mains and door contacts tell each change.
/// </summary>
public sealed class SiteInputs
{
    /// <summary>
    /// A button that is pressed for longer hangs: it is told once, and does nothing more until it is released. Long enough to walk along
    /// a panel during a lamp test. An assumption.
    /// </summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);

    private readonly Contact[][] _ofPoint;
    private readonly Contact[] _contacts;
    private readonly Queue<ContactChange> _changes = new();

    /// <param name="site">The checked site.</param>
    public SiteInputs(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        _contacts = [.. site.Inputs.Select((o, i) => new Contact(o, i)).Where(c => c.Options.Means != InputMeaning.None)];
        _ofPoint = [.. site.Points.Select((_, p) => Array.FindAll(_contacts, c => c.Options.Point == p))];
    }

    /// <summary>What has changed and nobody has taken yet, in its order.</summary>
    public Queue<ContactChange> Changes => _changes;

    /// <summary>Monotonic time at which the first button that is held hangs; null: none is held.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            foreach (var contact in _contacts)
            {
                earliest = contact.OverdueAt is { } at && !(earliest <= at) ? at : earliest;
            }

            return earliest;
        }
    }

    /// <summary>A sample comes, and its reading next: it says since when what it says may be so.</summary>
    public void Note(in RawSample sample)
    {
        foreach (var contact in _ofPoint[sample.Point])
        {
            contact.OtherUntil = sample.OtherUntil;
        }
    }

    /// <summary>Takes a reading into account. Those of other points change nothing.</summary>
    /// <param name="reading">The reading, as the device gave it.</param>
    /// <param name="at">Monotonic time at which it was taken.</param>
    public void Observe(in Reading reading, TimeSpan at)
    {
        foreach (var contact in _ofPoint[reading.Point])
        {
            Advance(contact, at);
            contact.Take(reading.Quality.IsValid() ? reading.Value != 0 ? ContactInput.Active : ContactInput.Inactive : ContactInput.Doubtful, at, _changes);
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan now)
    {
        foreach (var contact in _contacts)
        {
            Advance(contact, now);
        }
    }

    /// <summary>How the contact was last seen: pressed or turned; null while nothing is known of it.</summary>
    public bool? IsActive(int input) =>
        Array.Find(_contacts, c => c.Index == input) is { State: not ContactState.Unknown } contact ? contact.State != ContactState.Released : null;

    private void Advance(Contact contact, TimeSpan until)
    {
        if (contact.OverdueAt is { } at && at <= until)
        {
            contact.Take(ContactInput.Overdue, at, _changes);
        }
    }

    private sealed class Contact(InputOptions options, int index)
    {
        private readonly bool _isButton = options.Means is InputMeaning.Acknowledge or InputMeaning.Silence or InputMeaning.Reset or InputMeaning.LampTest;
        private TimeSpan _since;
        private TimeSpan _releasedAt;

        public TimeSpan? OtherUntil { get; set; }

        public InputOptions Options => options;

        public int Index => index;

        public ContactState State { get; private set; }

        public TimeSpan? OverdueAt => _isButton && State is ContactState.Pressed or ContactState.Held ? _since + StuckAfter : null;

        public void Take(ContactInput input, TimeSpan at, Queue<ContactChange> into)
        {
            if (input == ContactInput.Doubtful && !_isButton)
            {
                return;
            }

            var (to, act) = ContactTable.Move(State, input);
            var from = State;
            _releasedAt = input == ContactInput.Inactive ? at : _releasedAt;
            if (to != from)
            {
                (State, _since) = (to, at);
            }

            if (!_isButton && to != from)
            {
                // A position, and not what a finger does: told from the first reading on, also of a key that was turned while the gateway was down.
                into.Enqueue(new ContactChange(index, to == ContactState.Released ? ContactAct.Release : ContactAct.Press, at, from == ContactState.Unknown));
            }
            else if (_isButton && act != ContactAct.None)
            {
                into.Enqueue(new ContactChange(index, act, at) { Since = act == ContactAct.Press ? OtherUntil ?? _releasedAt : at });
            }
        }
    }
}
