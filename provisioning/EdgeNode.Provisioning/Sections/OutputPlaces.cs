using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>How an output is driven: a line of a GPIO chip, or a coil or register of a Modbus device.</summary>
internal sealed class OutputPlaces(SiteDraft draft)
{
    private const int WriteCoil = 5;
    private const int WriteRegister = 6;

    private static readonly string[] OfLine = ["bus", "line", "active", "pull"];
    private static readonly string[] OfDevice = ["coil", "register", "values", "device-watchdog"];

    private FaultList Faults => draft.Faults;

    /// <param name="section">The output.</param>
    /// <param name="id">Its id.</param>
    /// <param name="words">Keys of 'values'.</param>
    /// <param name="home">The bus on which its contacts are looked for.</param>
    public OutputPlace? Read(SectionReader section, string id, PositionWords words, out BusDraft? home)
    {
        var isDevice = section["device"] is not null;
        home = null;
        if (!isDevice && section["bus"] is null && section["line"] is null)
        {
            if (!section.HasUnknown)
                Faults.Add(section.At, "nothing says how the output is driven", "'bus' and 'line' of a GPIO chip, or 'device' and 'coil' or 'register' of a Modbus device");
            return null;
        }

        foreach (var key in (isDevice ? OfLine : OfDevice).Where(k => section[k] is not null))
            Faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} means nothing {(isDevice ? "with 'device'" : "with a line")}", isDevice ? "'coil' or 'register'" : "'active' and 'pull'");
        if (isDevice)
            return Register(section, id, words, ref home);

        foreach (var key in (string[])["bus", "line"])
        {
            if (section[key] is null && !section.HasUnknown)
                Faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", "with a line: bus, line");
        }

        if (section["bus"] is YamlScalar bus)
            home = draft.BusById.GetValueOrDefault(bus.Text);
        return Lines.Driven(section, id, draft);
    }

    private RegisterOutput? Register(SectionReader section, string id, PositionWords words, ref BusDraft? home)
    {
        var (coil, register) = (section["coil"], section["register"]);
        if (coil is not null && register is not null)
            Faults.Add(section.PlaceOf("register"), "the output has both 'coil' and 'register'", "one of them");
        else if (coil is null && register is null && !section.HasUnknown)
            Faults.Add(section.At, "nothing says what of the device is written", "'coil', or 'register' with 'values'");
        var number = Numbers.Whole(coil ?? register, coil is null ? "a register" : "a coil", 0, ushort.MaxValue, Faults);
        var values = Values(section, words, coil is not null);
        var watchdog = Sizes.Duration(section["device-watchdog"], SiteLimits.DeviceWatchdog, Faults);
        if (Device(section["device"]!) is not { } device)
            return null;
        home = draft.Buses.Find(b => b.Index == device.Bus);
        if (number is null || values is null)
            return null;

        // Of the address, which two devices of the file may share.
        draft.Claim(home, $"{(coil is null ? "register" : "coil")} {number} of address {device.Address}", id, (coil ?? register)!.At);
        var place = new RegisterOutput(device.Bus, draft.Devices.IndexOf(device), coil is null ? WriteRegister : WriteCoil, number.Value, values.Value.Energised, values.Value.DeEnergised, watchdog);
        Grant(device, place, (coil ?? register)!.At);
        return place;
    }

    private ModbusDeviceOptions? Device(YamlNode node)
    {
        if (Scalars.Read(node, "the id of a Modbus device", Faults) is not { } scalar)
            return null;
        var device = draft.Devices.Find(d => d.Id == scalar.Text);
        if (device is ModbusDeviceOptions modbus)
            return modbus;
        if (device is not null && draft.DeviceById[scalar.Text].IsUnclear)
            return null; // of a kind that is not known, and that has been said
        if (device is not null)
            Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is no Modbus device", "a device on a Modbus bus, or 'bus' and 'line'");
        else if (!draft.DevicesAreUnclear)
            Faults.Add(scalar.At, $"there is no device {Words.Quoted(scalar.Text)}", "the id of a Modbus device", Suggest.Nearest(scalar.Text, draft.Devices.OfType<ModbusDeviceOptions>().Select(d => d.Id)));
        return null;
    }

    /// <summary>What is written for each position.</summary>
    private (int Energised, int DeEnergised)? Values(SectionReader section, PositionWords words, bool coil)
    {
        if (section["values"] is not { } node)
        {
            if (!coil && section["register"] is not null && !section.HasUnknown)
                Faults.Add(section.PlaceOf("register"), "nothing says what is written to the register", $"values: {{ {words.Energised}: 1, {words.DeEnergised}: 0 }}");
            return coil ? (1, 0) : null;
        }

        var example = $"{words.Energised}: 1, {words.DeEnergised}: 0";
        var read = WordKeys.Read(node, words, [], example, Faults);
        var (least, most) = coil ? (0, 1) : ((int)short.MinValue, (int)ushort.MaxValue);
        var energised = Numbers.Whole(read.GetValueOrDefault(words.Energised), coil ? "a value of a coil" : "a value of a register", least, most, Faults);
        var deEnergised = Numbers.Whole(read.GetValueOrDefault(words.DeEnergised), coil ? "a value of a coil" : "a value of a register", least, most, Faults);
        if (energised is null || deEnergised is null)
            return null;
        if ((ushort)energised != (ushort)deEnergised)
            return (energised.Value, deEnergised.Value);
        Faults.Add(node.At, $"both positions are the value {Words.Number(energised.Value)}{(energised == deEnergised ? "" : $", which on the wire is {Words.Number(deEnergised.Value)} too")}", "two values, such as " + example);
        return null;
    }

    /// <summary>The output is leave for its own two values; where 'writes' of the device speaks of the same register, that counts.</summary>
    private void Grant(ModbusDeviceOptions device, RegisterOutput place, Place at)
    {
        var (low, high) = (Math.Min(place.WhenEnergised, place.WhenDeEnergised), Math.Max(place.WhenEnergised, place.WhenDeEnergised));
        foreach (var grant in device.Writes)
        {
            if (grant.Function != place.Function || place.Register < grant.Registers.First || place.Register > grant.Registers.Last)
                continue;
            if (low < grant.Low || high > grant.High)
                Faults.Add(at, $"'writes' of {Words.Quoted(device.Id)} grants {Words.Number(grant.Low)}..{Words.Number(grant.High)} here, and the output writes {Words.Number(low)} and {Words.Number(high)}", "'writes' with these values, or without this register: the output is leave enough");
            return;
        }

        draft.Devices[place.Device] = device with { Writes = device.Writes.Add(new WriteGrant(place.Function, new RegisterRange(place.Register, place.Register), low, high, 0)) };
    }
}

/// <summary>A set of keys that are the output's own words.</summary>
internal static class WordKeys
{
    /// <summary>The value of each key that is there; both words and <paramref name="others"/> must be.</summary>
    public static Dictionary<string, YamlNode> Read(YamlNode node, PositionWords words, string[] others, string example, FaultList faults)
    {
        var read = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        string[] keys = [words.Energised, words.DeEnergised, .. others];
        if (node is not YamlMapping mapping)
        {
            faults.Add(node.At, $"{node.Kind} stands here", $"{{ {example} }}");
            return read;
        }

        var unknown = false;
        foreach (var (key, value) in mapping.Entries)
        {
            if (!keys.Contains(key.Text))
            {
                unknown = true;
                faults.Add(key.At, $"{Words.Quoted(key.Text)} is not a position of the output", Words.Or(keys), Suggest.Nearest(key.Text, keys));
            }
            else if (!read.TryAdd(key.Text, value))
            {
                faults.Add(key.At, $"the key {Words.Quoted(key.Text)} is already written in line {read[key.Text].At.Line}", "each key once");
            }
        }

        foreach (var key in keys.Where(k => !read.ContainsKey(k) && !unknown))
            faults.Add(mapping.At, $"the key {Words.Quoted(key)} is missing", $"{{ {example} }}");
        return read;
    }
}
