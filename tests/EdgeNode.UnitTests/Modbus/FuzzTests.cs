using System.Diagnostics;
using System.Globalization;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>The parsers under a million damaged frames; `./build.sh fuzz` takes ten million, or as many as it is told, from any seed.</summary>
[Collection(RealClock.Name)]
public class FuzzTests(ITestOutputHelper output)
{
    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : otherwise;

    [Fact, Trait("modbus-case", "82")]
    public void No_damaged_frame_throws_hangs_or_passes_for_a_good_one()
    {
        var (frames, seed) = (Setting("EDGENODE_FUZZ_FRAMES", 1_000_000), Setting("EDGENODE_SEED", 20261123));
        var watch = Stopwatch.StartNew();
        var fuzz = new ParserFuzz((int)seed);
        fuzz.Run(frames);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {fuzz.Frames} damaged frames in {watch.Elapsed.TotalSeconds:F1} s: {fuzz.Found} frames found, {fuzz.Good} good replies, {fuzz.Wrong.Count} wrong, {fuzz.Chance} of another text with a sum that fits by chance"));
        Assert.Empty(fuzz.Wrong);
        Assert.InRange(fuzz.Frames, frames, frames + 2);
        Assert.InRange(fuzz.Good, frames / 10, frames); // most are damaged, and yet it is not all noise
        Assert.InRange(fuzz.Chance, 0, 10 + (frames / 10_000));
    }

    /// <summary>Parsers as careless as those that were measured (facts/modbus.md section 3) are found out.</summary>
    [Theory, Trait("modbus-case", "82")]
    [InlineData("believes the byte count")]
    [InlineData("compares no confirmation")]
    [InlineData("looks at no function")]
    public void A_careless_parser_is_found_out(string how)
    {
        var fuzz = new ParserFuzz(1, Careless);
        fuzz.Run(200_000);
        Assert.NotEmpty(fuzz.Wrong);

        PduKind Careless(ReadOnlySpan<byte> pdu, scoped in Request request, out ReadOnlySpan<byte> data)
        {
            var kind = Pdu.ReadReply(pdu, request, out data, out _, out var mismatch);
            var lets = (how, mismatch.Kind) switch
            {
                ("believes the byte count", MismatchKind.ByteCount) => pdu.Length == 2 + pdu[1],
                ("compares no confirmation", MismatchKind.ConfirmedRegister or MismatchKind.ConfirmedValue) => true,
                ("looks at no function", MismatchKind.Function) => pdu.Length > 2,
                _ => false,
            };
            if (lets)
                data = pdu[1..];
            return lets ? PduKind.Answer : kind;
        }
    }
}
