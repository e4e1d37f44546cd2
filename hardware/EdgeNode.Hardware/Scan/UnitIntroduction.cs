using System.Collections.Immutable;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Scan;

/// <summary>Asks one unit who it is: function 43, then 17, then the registers by which profiles know their devices. It only reads.</summary>
internal sealed class UnitIntroduction(IChannel channel, TimeProvider time, TimeSpan timeout, ImmutableArray<DeviceProfile> profiles)
{
    /// <summary>Shorter runs of letters in a server identification are numbers that look like letters.</summary>
    private const int ShortestText = 3;

    private readonly UnitInquiry _inquiry = new(channel, new BusTurn(time, new Counters()), time);

    public FoundUnit Of(byte address, BusOptions line, int function, Quality answer, CancellationToken stop)
    {
        var identification = _inquiry.Identify(address, IdentificationLevel.Regular, 0, timeout, stop);
        if (identification.Quality == Quality.Bad(Reason.IllegalValue))
            identification = _inquiry.Identify(address, IdentificationLevel.Basic, 0, timeout, stop);
        var unit = new FoundUnit(address, line, function, answer, identification.Objects, "", [], "");
        unit = unit with { ServerId = _inquiry.ServerId(address, timeout, stop, out var id).IsGood ? Texts(id) : "" };
        if (ByText(unit) is { Profiles.IsEmpty: false } known)
            return known;
        return ByRegister(unit, stop);
    }

    /// <summary>Runs of printable ASCII in a maker's own form, with a space between them.</summary>
    internal static string Texts(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var (i, start) = (0, 0); i <= bytes.Length; i++)
        {
            if (i < bytes.Length && bytes[i] is >= 0x20 and < 0x7F)
                continue;
            var run = Encoding.ASCII.GetString(bytes[start..i]).Trim();
            if (run.Length >= ShortestText)
                text.Append(text.Length > 0 ? " " : "").Append(run);
            start = i + 1;
        }

        return text.ToString();
    }

    private FoundUnit ByText(FoundUnit unit)
    {
        var names = profiles.Where(p => p.Identities.OfType<IdentityByName>().Any(i =>
            string.Equals(unit.Object(0), i.Maker, StringComparison.OrdinalIgnoreCase)
            && i.Products.Any(p => ((int[])[1, 4, 5]).Any(o => unit.Object(o).StartsWith(p, StringComparison.OrdinalIgnoreCase))))).Select(p => p.Name).ToImmutableArray();
        if (!names.IsEmpty)
            return unit with { Profiles = names, By = "device identification" };
        names = [.. profiles.Where(p => p.Identities.OfType<IdentityByServerId>().Any(i => unit.ServerId.Contains(i.Text, StringComparison.OrdinalIgnoreCase))).Select(p => p.Name)];
        return names.IsEmpty ? unit : unit with { Profiles = names, By = "server identification" };
    }

    private FoundUnit ByRegister(FoundUnit unit, CancellationToken stop)
    {
        var pdu = new byte[Requests.ReadLength];
        foreach (var place in profiles.SelectMany(p => p.Identities.OfType<IdentityByRegister>()).GroupBy(i => (i.Function, i.Register)))
        {
            Requests.Read(pdu, place.Key.Function, place.Key.Register, 1);
            var quality = _inquiry.Ask(new Request((byte)unit.Address, pdu), timeout, stop, out var data);
            if (!quality.IsGood)
                continue;
            var value = (data[0] << 8) | data[1];
            var names = profiles.Where(p => p.Identities.OfType<IdentityByRegister>().Any(i => (i.Function, i.Register) == place.Key && i.Value == value)).Select(p => p.Name).ToImmutableArray();
            if (!names.IsEmpty)
                return unit with { Profiles = names, By = $"register {place.Key.Register} (function {place.Key.Function}) = 0x{value:X4}" };
        }

        return unit;
    }
}
