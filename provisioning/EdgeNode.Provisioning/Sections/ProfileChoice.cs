using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>The profile of a Modbus device, and which of its quantities are read.</summary>
/// <param name="Profile">From the catalogue.</param>
/// <param name="At">Where the device names it.</param>
/// <param name="Rows">In the profile's order.</param>
internal sealed record ProfileChoice(DeviceProfile Profile, Place At, ImmutableArray<ProfileRegister> Rows)
{
    /// <summary>Null without <c>profile</c>, or with a fault.</summary>
    public static ProfileChoice? Read(SectionReader section, BusDraft? bus, SiteDraft draft)
    {
        if (section["profile"] is not { } node)
        {
            if (section["quantities"] is not null)
                draft.Faults.Add(section.PlaceOf("quantities"), "'quantities' means nothing without 'profile'", "a profile, or no 'quantities'");
            return null;
        }

        if (Find(node, bus, draft) is not { } profile)
            return null;
        var named = QuantityChoice.Read(section["quantities"], Words.Quoted(profile.Name), [.. profile.Registers.Select(r => r.Name)], draft.Faults);
        return new ProfileChoice(profile, node.At, [.. profile.Registers.Where(r => named?.Contains(r.Name) ?? !r.Optional)]);
    }

    private static DeviceProfile? Find(YamlNode node, BusDraft? bus, SiteDraft draft)
    {
        ImmutableArray<string> names = [.. draft.Profiles.Names, .. DriverTable.All.Where(d => d.Bus == DriverBus.Any).Select(d => d.Name)];
        if (Scalars.Read(node, Words.Or(names), draft.Faults) is not { } scalar)
            return null;
        if (draft.Profiles.Find(scalar.Text) is { } profile)
            return profile;
        if (DriverTable.Find(scalar.Text) is { } driver)
            draft.Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is a profile of {BuiltInDevices.Name(driver.Bus)}, and {Words.Quoted(bus?.Id ?? "")} is a Modbus bus", Words.Or(names));
        else
            draft.Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a profile of a Modbus bus", Words.Or(names), Suggest.Nearest(scalar.Text, names));
        return null;
    }
}
