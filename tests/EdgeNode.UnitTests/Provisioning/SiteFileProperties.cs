using System.Text;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>For any bytes at all: an answer, either a site or faults, each fault with a place in the file.</summary>
public sealed class SiteFileProperties
{
    private static readonly byte[] Good = File.ReadAllBytes(Path.Combine(TestFiles.Good, "everything.yaml"));
    private static readonly byte[] Design = File.ReadAllBytes(Path.Combine(TestFiles.Good, "design-example.yaml"));

    // What YAML gives a meaning to, and what the values do.
    private static readonly string[] Pieces =
    [
        "\n", "\n  ", " ", ":", ": ", "- ", "? ", "{", "}", "[", "]", ",", "\"", "'", "#", " #", "&a", "*a", "!!str ", "!", "%", "@", "`", "|", ">",
        "|-\n", ">+\n", "---\n", "...\n", "\t", "\r", "\r\n", "\u0085", "\u2028", "\uFEFF", "\\", "\\u", "\"\\x\"", "\"\\UFFFFFFFF\"", "~", "null", "on", "No",
        "1", "0x", "-", "..", "1e999", ".nan", "bar", "1s", "id", "node: ", "buses:\n", "devices:\n", "<<: ", "\0", "𝔘", "漢",
    ];

    [Law(MaxTest = 2000)]
    public bool Random_bytes_are_answered(byte[] bytes) => IsAnswered(bytes);

    [Law(MaxTest = 1500)]
    public Property Random_pieces_of_yaml_are_answered() => Prop.ForAll(
        Gen.Elements(Pieces).ArrayOf().ToArbitrary(),
        pieces => IsAnswered(Encoding.UTF8.GetBytes(string.Concat(pieces))));

    [Law(MaxTest = 1500)]
    public Property A_mutated_site_file_is_answered() => Prop.ForAll(
        Mutations(Good).ToArbitrary(),
        IsAnswered);

    [Law(MaxTest = 500)]
    public Property A_mutated_example_of_the_contract_is_answered() => Prop.ForAll(
        Mutations(Design).ToArbitrary(),
        IsAnswered);

    [Law(MaxTest = 300)]
    public Property A_site_file_cut_anywhere_is_answered() => Prop.ForAll(
        Gen.Choose(0, Good.Length).ToArbitrary(),
        length => IsAnswered(Good[..length]));

    /// <summary>One to six edits: a byte changed, a stretch removed or doubled, a piece of YAML put in.</summary>
    private static Gen<byte[]> Mutations(byte[] file) =>
        from edits in Gen.Choose(1, 6).SelectMany(n => Edit(file.Length).ArrayOf(n))
        select edits.Aggregate(file, (bytes, edit) => edit(bytes));

    private static Gen<Func<byte[], byte[]>> Edit(int length) =>
        from at in Gen.Choose(0, length)
        from many in Gen.Choose(1, 40)
        from value in Gen.Choose(0, 255)
        from piece in Gen.Elements(Pieces)
        from kind in Gen.Choose(0, 3)
        select new Func<byte[], byte[]>(bytes => Apply(bytes, at, many, (byte)value, piece, kind));

    private static byte[] Apply(byte[] bytes, int at, int many, byte value, string piece, int kind)
    {
        var start = Math.Min(at, bytes.Length);
        var end = Math.Min(start + many, bytes.Length);
        return kind switch
        {
            0 => [.. bytes[..start], value, .. bytes[Math.Min(start + 1, bytes.Length)..]],
            1 => [.. bytes[..start], .. bytes[end..]],
            2 => [.. bytes[..end], .. bytes[start..]],
            _ => [.. bytes[..start], .. Encoding.UTF8.GetBytes(piece), .. bytes[start..]],
        };
    }

    private static bool IsAnswered(byte[] bytes)
    {
        var result = SiteFile.Parse("site.yaml", bytes, TestFiles.Good, TestFiles.Profiles, FieldTimes.Of);

        // NEL, LS and PS are line ends to YAML 1.1.
        var lines = 1 + Encoding.UTF8.GetString(bytes).Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029');
        return result.Site is null == result.Faults.Any(f => f.StopsRun)
            && result.Faults.Length <= SiteLimits.Faults + 1
            && result.Faults.All(f => f.Line >= 1 && f.Line <= lines + 1 && f.Column >= 1 && f.Message.Length > 0 && !f.Message.Contains('\n', StringComparison.Ordinal));
    }
}
