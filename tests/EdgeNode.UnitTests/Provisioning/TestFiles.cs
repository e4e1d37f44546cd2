using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Files of the checkout, found from the test's own directory upwards.</summary>
internal static class TestFiles
{
    public static string Root { get; } = FindRoot();

    public static string Faults { get; } = Path.Combine(Root, "tests", "EdgeNode.UnitTests", "Provisioning", "Faults");

    public static string Good { get; } = Path.Combine(Root, "tests", "EdgeNode.UnitTests", "Provisioning", "Good");

    public static string Examples { get; } = Path.Combine(Root, "provisioning", "examples");

    public static string Schema { get; } = Path.Combine(Root, "provisioning", "schema", "site.schema.json");

    /// <summary>Those of the product.</summary>
    public static ProfileCatalog Profiles { get; } = new(DeviceProfiles.All);

    /// <summary>A site file that is right, small, and easily spoilt.</summary>
    public const string Small = """
        node: { id: en-1, site: station-1 }
        buses:
          field: { modbus-tcp: "192.168.10.20:502" }
        devices:
          - id: PT-101
            bus: field
            address: 1
            every: 1s
            registers:
              - { name: pressure, function: 3, register: 0, type: float32, unit: bar }
        points:
          - { id: PT-101.pressure, range: 0..10 bar }
        alarms:
          - { id: PAH-101, of: PT-101.pressure, high: 6.5 bar, deadband: 0.1 bar, priority: high }

        """;

    public static SiteResult Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static SiteResult Parse(byte[] bytes) => SiteFile.Parse("site.yaml", bytes, Good, Profiles, FieldTimes.Of);

    public static Site Load(string text)
    {
        var result = Parse(text);
        Assert.Empty(result.Faults);
        return result.Site!;
    }

    /// <summary>The one fault of a text that has one.</summary>
    public static string OnlyFault(string text) => Assert.Single(Parse(text).Faults).ToString();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "EdgeNode.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
