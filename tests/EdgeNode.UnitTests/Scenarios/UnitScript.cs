using EdgeNode.Simulation.Modbus;
using EdgeNode.UnitTests.Modbus;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>The simulated field's units behind the in-memory link: what their TCP server does on a socket with a request to read, in virtual time.</summary>
internal sealed class UnitScript(IReadOnlyList<FieldUnit> units, int seed)
{
    private const int MostNoise = 8;

    private readonly Random _random = new(seed);

    public IEnumerable<Act> Answer(Ask ask)
    {
        var unit = units.Single(u => u.Address == ask.Unit);
        var fault = unit.Fault;
        var right = fault?.Kind == FieldFaultKind.Exception
            ? Frames.Exception(ask, fault.Code)
            : Frames.Frame(ask.Transaction, fault?.Kind == FieldFaultKind.WrongUnit ? fault.Unit : ask.Unit, Frames.ReadPdu(ask.Function, Registers(unit, ask)));
        return fault?.Kind switch
        {
            FieldFaultKind.Silent => [],
            FieldFaultKind.Delay => [Act.Late(fault.Lateness, right)],
            FieldFaultKind.Noise => [Act.Say([.. Noise(), .. right])],
            null or FieldFaultKind.Exception or FieldFaultKind.WrongUnit => [Act.Say(right)],
            _ => throw new InvalidOperationException($"No scenario has {fault.Kind}."),
        };
    }

    private static byte[] Registers(FieldUnit unit, Ask ask) => Frames.Words(
        [.. Enumerable.Range(ask.Register, ask.Count).Select(r => unit.Bank.Word(ask.Function == 3 ? RegisterTable.Holding : RegisterTable.Input, r))]);

    private byte[] Noise()
    {
        var bytes = new byte[_random.Next(1, MostNoise + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
