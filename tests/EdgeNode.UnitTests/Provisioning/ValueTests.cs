using EdgeNode.Core.Model;
using EdgeNode.Provisioning;
using EdgeNode.Provisioning.Values;

namespace EdgeNode.UnitTests.Provisioning;

public sealed class ValueTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("0.5s", 500)]
    [InlineData("0.1 s", 100)]
    [InlineData("5min", 300_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1e3ms", 1000)]
    [InlineData("\"2s\"", 2000)]
    public void A_duration_is_a_number_and_its_unit(string written, int milliseconds)
    {
        var site = TestFiles.Load(TestFiles.Small.Replace("every: 1s", "every: " + written, StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), site.Devices[0].Every);
    }

    [Theory]
    [InlineData("0..10 bar", 0, 10)]
    [InlineData("-40..85 bar", -40, 85)]
    [InlineData("-40..-1.5 bar", -40, -1.5)]
    [InlineData("0 .. 1e1 bar", 0, 10)]
    [InlineData("0..1000kPa", 0, 10)]
    public void A_range_is_two_numbers_and_a_unit(string written, double low, double high)
    {
        var text = TestFiles.Small.Replace("0..10 bar", written, StringComparison.Ordinal);
        text = text[..text.IndexOf("alarms:", StringComparison.Ordinal)];
        Assert.Equal(new ValueRange(low, high), Assert.Single(TestFiles.Load(text).Points).Range);
    }

    [Theory]
    [InlineData("192.168.10.20", "192.168.10.20", 502)]
    [InlineData("192.168.10.20:1502", "192.168.10.20", 1502)]
    [InlineData("plc-1.plant.example:65535", "plc-1.plant.example", 65535)]
    [InlineData("[fe80::1]", "fe80::1", 502)]
    [InlineData("[::1]:1", "::1", 1)]
    public void A_network_address_is_a_host_and_perhaps_a_port(string written, string host, int port)
    {
        Assert.Null(Addresses.Parse(written, 502, out var foundHost, out var foundPort));
        Assert.Equal((host, port), (foundHost, foundPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":502")]
    [InlineData("a b")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.4.5")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:http")]
    [InlineData("-host")]
    [InlineData("a..b")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[fe80::1")]
    [InlineData("[fe80::1]502")]
    [InlineData("fe80::1")]
    public void What_is_no_network_address_is_refused(string written) => Assert.NotNull(Addresses.Parse(written, 502, out _, out _));

    [Theory]
    [InlineData("pressure", "pressure", 0)]
    [InlineData("presure", "pressure", 1)]
    [InlineData("rpessure", "pressure", 1)]
    [InlineData("evrey", "every", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_letters_missing_extra_wrong_and_swapped(string a, string b, int distance)
    {
        Assert.Equal(distance, Suggest.Distance(a, b, 10));
        Assert.Equal(distance, Suggest.Distance(b, a, 10));
    }

    [Fact]
    public void Nothing_is_suggested_when_nothing_is_near()
    {
        Assert.Null(Suggest.Nearest("colour", ["id", "site", "asset"]));
        Assert.Equal("priority", Suggest.Nearest("Priorty", ["id", "of", "priority"]));
        Assert.Null(Suggest.Nearest(new string('x', 100_000), ["id"]));
    }

    [Theory]
    [InlineData("{ lat: 31.2, lon: 121.4, datum: WGS84 }", "WGS84")]
    [InlineData("{ lat: -90, lon: 180, datum: CGCS2000 }", "CGCS2000")]
    public void A_location_names_its_datum(string location, string datum)
    {
        var site = TestFiles.Load(TestFiles.Small.Replace("site: station-1", "site: station-1, location: " + location, StringComparison.Ordinal));
        Assert.Equal(datum, site.Node.Location!.Datum);
    }
}
