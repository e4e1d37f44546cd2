using System.Text;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Whatever lies in the place of a site file is answered with a sentence and a place: no exception, no hang, no flood.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgenode-site-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_missing_file_is_a_sentence()
    {
        var path = Path.Combine(_directory, "site.yaml");
        Assert.Equal($"{path}:1:1: there is no such file; expected a site file", Assert.Single(SiteFile.Load(path, TestFiles.Profiles, FieldTimes.Of).Faults).ToString());
    }

    [Fact]
    public void A_directory_is_a_sentence() =>
        Assert.Equal($"{_directory}:1:1: this is a directory; expected a site file", Assert.Single(SiteFile.Load(_directory, TestFiles.Profiles, FieldTimes.Of).Faults).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("nowhere\0.yaml")]
    public void A_name_that_can_be_no_file_is_a_sentence(string path) =>
        Assert.Equal("there is no such file; expected a site file", Assert.Single(SiteFile.Load(path, TestFiles.Profiles, FieldTimes.Of).Faults).Message);

    [Fact]
    public void A_file_that_may_not_be_read_is_a_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName != "root", "root may read everything");
        var path = Path.Combine(_directory, "secret.yaml");
        File.WriteAllText(path, TestFiles.Small);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Equal("the file may not be read; expected a file that this user may read", Assert.Single(SiteFile.Load(path, TestFiles.Profiles, FieldTimes.Of).Faults).Message);
    }

    [Fact]
    public void A_device_that_never_ends_is_read_no_further_than_the_limit() =>
        Assert.Equal("the file is larger than 1 MiB; expected a site file", Assert.Single(SiteFile.Load("/dev/zero", TestFiles.Profiles, FieldTimes.Of).Faults).Message);

    [Fact]
    public void A_file_on_disk_is_read_and_its_neighbours_are_found_from_anywhere()
    {
        var path = Path.Combine(_directory, "site.yaml");
        File.WriteAllText(Path.Combine(_directory, "p"), "x");
        File.WriteAllText(path, TestFiles.Small + "uplink: { brokers: [ mqtt://10.0.0.1 ], topic: t, credentials: { user: u, password-file: p } }\n");

        var result = SiteFile.Load(Path.GetRelativePath(Environment.CurrentDirectory, path), TestFiles.Profiles, FieldTimes.Of);

        Assert.Empty(result.Faults);
        Assert.Equal(Path.Combine(_directory, "p"), result.Site!.Uplink!.PasswordFile);
    }

    [Fact]
    public void A_missing_neighbour_is_named_as_seen_from_where_the_technician_stands()
    {
        var text = TestFiles.Small + "uplink: { brokers: [ mqtt://10.0.0.1 ], topic: t, credentials: { user: u, password-file: keys } }\n";
        Directory.CreateDirectory(Path.Combine(_directory, "keys"));

        var missing = SiteFile.Parse("sites/a.yaml", Encoding.UTF8.GetBytes(text), "/nowhere", TestFiles.Profiles, FieldTimes.Of);
        var directory = SiteFile.Parse("sites/a.yaml", Encoding.UTF8.GetBytes(text), _directory, TestFiles.Profiles, FieldTimes.Of);

        Assert.StartsWith("the file 'sites/keys' does not exist", Assert.Single(missing.Faults).Message, StringComparison.Ordinal);
        Assert.StartsWith("'sites/keys' is a directory", Assert.Single(directory.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_neighbour_stops_no_run_and_its_path_is_kept_but_another_fault_beside_it_does()
    {
        var text = TestFiles.Small + "uplink: { brokers: [ mqtts://10.0.0.1 ], topic: t, tls: { ca: ca.pem } }\n";

        var missing = SiteFile.Parse("a.yaml", Encoding.UTF8.GetBytes(text), _directory, TestFiles.Profiles, FieldTimes.Of);
        var wrong = SiteFile.Parse("a.yaml", Encoding.UTF8.GetBytes(text + "colour: red\n"), _directory, TestFiles.Profiles, FieldTimes.Of);

        Assert.False(Assert.Single(missing.Faults).StopsRun);
        Assert.Equal(Path.Combine(_directory, "ca.pem"), missing.Site!.Uplink!.CaFile);
        Assert.NotEmpty(missing.Site.Revision);
        Assert.Null(wrong.Site);
        Assert.Equal(2, wrong.Faults.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    public void An_empty_file_is_a_sentence(string text) =>
        Assert.Equal("site.yaml:1:1: the file is empty; expected a site file with node, buses and devices", TestFiles.OnlyFault(text));

    [Theory]
    [InlineData("---\n")]
    [InlineData("~\n")]
    [InlineData("[]\n")]
    [InlineData("a text\n")]
    public void A_file_of_something_else_is_a_sentence(string text) =>
        Assert.Contains("in the place of the site file; expected keys and values: node, ", TestFiles.OnlyFault(text), StringComparison.Ordinal);

    [Fact]
    public void A_binary_file_is_a_sentence_at_its_first_odd_byte()
    {
        Assert.Equal(
            "site.yaml:2:3: the byte 0x00 stands here: this is a binary file; expected a text file in UTF-8",
            Assert.Single(TestFiles.Parse("ab\ncd\0ef"u8.ToArray()).Faults).ToString());
        Assert.Equal(
            "site.yaml:1:2: the byte 0xC3 is not UTF-8 text; expected a text file in UTF-8",
            Assert.Single(TestFiles.Parse([(byte)'a', 0xC3, 0x28]).Faults).ToString());
        Assert.Equal(
            "site.yaml:1:1: the file is UTF-16; expected UTF-8; save it anew in that encoding",
            Assert.Single(TestFiles.Parse([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(TestFiles.Small)]).Faults).ToString());
    }

    [Fact]
    public void An_alias_bomb_is_refused_where_it_stands_and_not_blown_up()
    {
        var bomb = new StringBuilder("a0: &a0 [ x, x, x, x, x, x, x, x, x ]\n");
        for (var i = 1; i < 60; i++)
            bomb.Append(string.Create(null, $"a{i}: &a{i} [ *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1} ]\n"));

        var faults = TestFiles.Parse(bomb.ToString()).Faults;

        Assert.Equal("site.yaml:1:5: an anchor (&name) stands here; anchors and aliases are not allowed in a site file; expected the value itself", faults[0].ToString());
        Assert.Equal(SiteLimits.Faults + 1, faults.Length);
        Assert.EndsWith("more faults are not shown; mend these first", faults[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 400_000)]
    [InlineData("- ", 400_000)]
    [InlineData("{a: ", 250_000)]
    [InlineData("? ", 400_000)]
    public void Deep_nesting_is_refused_at_the_limit(string open, int times)
    {
        var fault = TestFiles.OnlyFault(string.Concat(Enumerable.Repeat(open, times)));
        Assert.Contains("nested more than 32 deep", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\n", 200_000)]
    [InlineData("a", 1_000_000)]
    [InlineData("a ", 500_000)]
    [InlineData("\"", 1_000_000)]
    [InlineData("'", 1_000_000)]
    [InlineData("---\n", 250_000)]
    [InlineData("#", 1_000_000)]
    [InlineData("!", 1_000_000)]
    [InlineData("%", 1_000_000)]
    [InlineData("&a ", 300_000)]
    [InlineData("*a ", 300_000)]
    [InlineData("{a,", 300_000)]
    [InlineData("}", 1_000_000)]
    [InlineData(" ", 1_000_000)]
    [InlineData("|\n", 500_000)]
    [InlineData("a:\n ", 300_000)]
    public void A_megabyte_of_nonsense_ends_with_a_bounded_answer(string piece, int times)
    {
        var faults = TestFiles.Parse(string.Concat(Enumerable.Repeat(piece, times))).Faults;
        Assert.InRange(faults.Length, 1, SiteLimits.Faults + 1);
        Assert.All(faults, f => Assert.InRange(f.Message.Length, 1, 1000));
    }

    [Fact]
    public void A_megabyte_of_unknown_keys_ends_with_a_bounded_answer()
    {
        var text = new StringBuilder(TestFiles.Small);
        for (var i = 0; text.Length < 900_000; i++)
            text.Append(string.Create(null, $"key{i}: {i}\n"));
        var faults = TestFiles.Parse(text.ToString()).Faults;
        Assert.Equal(SiteLimits.Faults + 1, faults.Length);
    }

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_change_nothing()
    {
        var bytes = Encoding.UTF8.GetBytes(TestFiles.Small.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Empty(TestFiles.Parse([0xEF, 0xBB, 0xBF, .. bytes]).Faults);

        var wrong = TestFiles.Small.Replace("every: 1s", "every: 1", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.StartsWith("site.yaml:8:12: ", Assert.Single(TestFiles.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(wrong)]).Faults).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\tnode: { id: en-1, site: s }\n", "site.yaml:1:1: a tab stands in the indentation; expected spaces")]
    [InlineData("node:\n  \tid: en-1\n", "site.yaml:2:3: a tab stands in the indentation; expected spaces")]
    public void A_tab_in_the_indentation_is_named(string text, string expected) => Assert.Equal(expected, TestFiles.OnlyFault(text));

    [Fact]
    public void A_fault_never_breaks_the_line_or_steers_the_terminal()
    {
        var text = TestFiles.Small.Replace("id: en-1", "id: \"a\\nb\\e[31m\\u202Ec\\u2028\"", StringComparison.Ordinal);
        Assert.StartsWith("site.yaml:1:13: 'a?b?[31m?c?' is not an id", TestFiles.OnlyFault(text), StringComparison.Ordinal);
    }
}
