using System.Globalization;
using System.Text;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>Site files for the pymodbus field: units U1 to UN with points p0 to pM, each a float32 count.</summary>
internal static class SiteText
{
    public const string Node = "en-e2e";
    public const string Topic = "city/water/test/en-e2e";

    public static string Of(IReadOnlyList<int> fieldPorts, int mqttPort, int units = 10, int points = 20, string every = "1s", string uplink = "", string scheme = "mqtt")
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"node: {{ id: {Node}, site: test }}\n");
        text.Append(CultureInfo.InvariantCulture, $"uplink:\n  brokers: [ \"{scheme}://127.0.0.1:{mqttPort}\" ]\n  topic: city/water/{{site}}/{{node}}\n{uplink}");
        text.Append("buses:\n");
        for (var i = 0; i < fieldPorts.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  field{i + 1}: {{ modbus-tcp: \"127.0.0.1:{fieldPorts[i]}\" }}\n");
        }

        text.Append("devices:\n");
        for (var unit = 1; unit <= units; unit++)
        {
            var bus = fieldPorts.Count == 1 ? 1 : unit;
            text.Append(CultureInfo.InvariantCulture, $"  - id: U{unit}\n    bus: field{bus}\n    address: {unit}\n    every: {every}\n    registers:\n");
            for (var p = 0; p < points; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: p{p}, function: 3, register: {2 * p}, type: float32, order: ABCD, unit: count }}\n");
            }
        }

        return text.ToString();
    }
}
