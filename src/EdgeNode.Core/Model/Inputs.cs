namespace EdgeNode.Core.Model;

/// <summary>What a contact on the panel or in the cabinet means to the node beside being a point.</summary>
public enum InputMeaning : byte
{
    /// <summary>Nothing of its own: alarms, suppressions and trips name it.</summary>
    None,

    /// <summary>A button: acknowledges all alarms that wait for it.</summary>
    Acknowledge,

    /// <summary>A button: stills the sirens until the next alarm.</summary>
    Silence,

    /// <summary>A button or key switch: resets latched alarms whose condition has gone, and trips whose cause has.</summary>
    Reset,

    /// <summary>A button: all lamps and sirens while it is pressed.</summary>
    LampTest,

    /// <summary>A key switch: maintenance while it is turned, and no longer than the site file allows.</summary>
    Maintenance,

    /// <summary>A contact that opens when somebody tampers with the cabinet.</summary>
    Tamper,

    /// <summary>A contact of the supply that says that the mains have failed.</summary>
    MainsFail,

    /// <summary>The cabinet's door.</summary>
    Door,
}

/// <summary>A contact. It is a switch device of its own, and a digital point: 1 while active.</summary>
/// <param name="Id">Tag name; the device has the same id.</param>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Means">What it does to the node.</param>
public sealed record InputOptions(string Id, int Point, InputMeaning Means);
