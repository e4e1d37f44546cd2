using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>What is known of a type of Modbus device: its registers and how to ask for them. One file of hardware/profiles each.</summary>
/// <param name="Name">As <c>profile</c> has it in a site file.</param>
/// <param name="Maker">Who makes it.</param>
/// <param name="Model">The models that it holds for.</param>
/// <param name="Class">What kind of instrument it is.</param>
/// <param name="Registers">Its quantities, at least one; the names are unique.</param>
public sealed record DeviceProfile(string Name, string Maker, string Model, string Class, ImmutableArray<ProfileRegister> Registers)
{
    /// <summary>What the requests to it must keep to; a site file may say otherwise.</summary>
    public RequestLimits Limits { get; init; } = RequestLimits.None;

    /// <summary>Rate that it is delivered with, in bits a second, where known. For the reader only: the bus has the last word.</summary>
    public int? Baud { get; init; }

    /// <summary>Format that it is delivered with, where known.</summary>
    public SerialFormat? Format { get; init; }

    /// <summary>Where the rows come from, by the key that the rows name.</summary>
    public ImmutableDictionary<string, string> Sources { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What a technician must know: what is left out and why, what is to be verified on the device.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The words in which such a device says how it is.</summary>
    public ImmutableArray<ProfileStatus> Status { get; init; } = [];

    /// <summary>How such a device can be told from others, each way by itself enough. Empty for most: they say nothing of themselves.</summary>
    public ImmutableArray<ProfileIdentity> Identities { get; init; } = [];
}

/// <summary>One way to tell a type of device from all others.</summary>
/// <param name="Source">A key of <see cref="DeviceProfile.Sources"/>.</param>
public abstract record ProfileIdentity(string Source);

/// <summary>By its device identification (function 43, kind 14).</summary>
/// <param name="Maker">Object 0, in any case of letters.</param>
/// <param name="Products">Beginnings, one of which object 1 (product code), 4 (product name) or 5 (model name) has.</param>
/// <param name="Source">See <see cref="ProfileIdentity"/>.</param>
public sealed record IdentityByName(string Maker, ImmutableArray<string> Products, string Source) : ProfileIdentity(Source);

/// <summary>By a text in its server identification (function 17).</summary>
/// <param name="Text">Printable ASCII, as the device writes it.</param>
/// <param name="Source">See <see cref="ProfileIdentity"/>.</param>
public sealed record IdentityByServerId(string Text, string Source) : ProfileIdentity(Source);

/// <summary>By a register in which the maker keeps the number of the type.</summary>
/// <param name="Function">3 or 4.</param>
/// <param name="Register">0 to 65535.</param>
/// <param name="Value">What it holds, 0 to 65535.</param>
/// <param name="Source">See <see cref="ProfileIdentity"/>.</param>
public sealed record IdentityByRegister(int Function, int Register, int Value, string Source) : ProfileIdentity(Source);

/// <summary>One quantity of a device profile.</summary>
/// <param name="Name">The quantity, such as active-power.</param>
/// <param name="Unit">Engineering unit.</param>
/// <param name="Scale">Value = raw x scale + offset.</param>
/// <param name="Offset">In the engineering unit.</param>
/// <param name="Register">How it is read; its point is the row's position in the profile.</param>
/// <param name="Source">A key of <see cref="DeviceProfile.Sources"/>.</param>
/// <param name="Note">What to know of the row; null when nothing.</param>
/// <param name="Optional">Read only where the site file names it.</param>
public sealed record ProfileRegister(string Name, Unit Unit, double Scale, double Offset, RegisterOptions Register, string Source, string? Note, bool Optional);

/// <summary>A status word of a device profile.</summary>
/// <param name="Word">Of no points yet: which there are the site file decides.</param>
/// <param name="Of">The quantities that go by it; empty for all but those that show the word itself.</param>
/// <param name="Source">A key of <see cref="DeviceProfile.Sources"/>.</param>
/// <param name="Note">What to know of it; null when nothing.</param>
public sealed record ProfileStatus(StatusWord Word, ImmutableArray<string> Of, string Source, string? Note);

/// <summary>What the requests to a Modbus device keep to; null where nothing is said.</summary>
/// <param name="Timeout">Deadline of one request, 10 ms to 60 s.</param>
/// <param name="MaxRegisters">Most registers in one request, 1 to 125.</param>
/// <param name="MaxGap">Most unused registers read to join two blocks, 0 to 124.</param>
/// <param name="NeverRead">Registers that must not be touched.</param>
/// <param name="AnyUnitEcho">Accept a reply whose unit identifier is 0 or 255.</param>
public sealed record RequestLimits(TimeSpan? Timeout, int? MaxRegisters, int? MaxGap, ImmutableArray<RegisterRange> NeverRead, bool? AnyUnitEcho)
{
    /// <summary>Nothing is said.</summary>
    public static RequestLimits None { get; } = new(null, null, null, [], null);

    /// <summary>These, and those of <paramref name="profile"/> where these say nothing. Of both holds what must never be read.</summary>
    public RequestLimits Over(RequestLimits profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new(Timeout ?? profile.Timeout, MaxRegisters ?? profile.MaxRegisters, MaxGap ?? profile.MaxGap, NeverRead.AddRange(profile.NeverRead), AnyUnitEcho ?? profile.AnyUnitEcho);
    }
}
