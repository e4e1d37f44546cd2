using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>buses</c>: what devices hang on, by id.</summary>
internal static class BusesSection
{
    private const int ModbusPort = 502;
    private const string Form = "an address such as \"192.168.10.20:502\" or \"[fe80::1]:502\"";

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (node is not YamlMapping buses || buses.Entries.IsEmpty)
        {
            draft.BusesAreUnclear = true;
            if (node is not null)
                draft.Faults.Add(node.At, "'buses' has no bus", "ids and buses, such as field: { modbus-tcp: \"192.168.10.20:502\" }");
            return;
        }

        var addresses = new Dictionary<string, (string Id, int Line)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in buses.Entries)
        {
            if (draft.BusById.Count == SiteLimits.Buses)
            {
                draft.Faults.Add(key.At, $"there are more than {SiteLimits.Buses} buses", $"at most {SiteLimits.Buses}");
                draft.BusesAreUnclear = true;
                return;
            }

            if (Scalars.Id(key, draft.Faults) is null)
                draft.BusesAreUnclear = true;
            var bus = Bus(key.Text, draft.Buses.Count, value, addresses, draft.Faults);
            if (!draft.BusById.TryAdd(key.Text, bus))
                draft.Faults.Add(key.At, $"there is already a bus {Words.Quoted(key.Text)}", "an id of its own");
            draft.Buses.Add(bus);
        }
    }

    private static BusDraft Bus(string id, int index, YamlNode node, Dictionary<string, (string Id, int Line)> addresses, FaultList faults)
    {
        if (SectionReader.Open(node, SiteGrammar.Bus, faults) is not { } section)
            return new BusDraft(id, index, IsNotYet: false, null);
        if (section.IsNotYet)
            return new BusDraft(id, index, IsNotYet: true, null);

        var afterConnect = Sizes.Duration(section["pause-after-connect"], SiteLimits.Pause, faults) ?? TimeSpan.Zero;
        var between = Sizes.Duration(section["pause-between"], SiteLimits.Pause, faults) ?? TimeSpan.Zero;
        var close = Scalars.Flag(section["close-after-read"], faults) ?? false;
        if (Scalars.Read(section["modbus-tcp"], Form, faults) is not { } address)
            return new BusDraft(id, index, IsNotYet: false, null);

        if (Addresses.Parse(address.Text, ModbusPort, out var host, out var port) is { } wrong)
        {
            faults.Add(address.At, $"{Words.Quoted(address.Text)} {wrong}", Form);
            return new BusDraft(id, index, IsNotYet: false, null);
        }

        // Many devices serve one connection only, and two buses to one address would fight for it.
        if (!addresses.TryAdd($"{host}:{port}", (id, address.At.Line)))
        {
            var (other, line) = addresses[$"{host}:{port}"];
            faults.Add(address.At, $"{Words.Quoted(address.Text)} is already the address of bus {Words.Quoted(other)} in line {line}", "one bus for one address");
        }

        return new BusDraft(id, index, IsNotYet: false, new ModbusTcpBusOptions(id, host, port, afterConnect, between, close));
    }
}
