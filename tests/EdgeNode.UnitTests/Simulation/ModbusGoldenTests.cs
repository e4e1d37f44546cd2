using EdgeNode.Core.Model;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The server against the examples of the Modbus application protocol V1.1b3, chapter 6, byte for byte.</summary>
public sealed class ModbusGoldenTests : IAsyncLifetime
{
    private readonly RegisterBank _bank = new(holding: 200, input: 100, coils: 300, discrete: 300);
    private ModbusTcpServer _server = null!;
    private RawMaster _master = null!;

    public ValueTask InitializeAsync()
    {
        _server = ModbusTcpServer.Start([new FieldUnit(17, _bank)], TimeProvider.System);
        _master = new RawMaster(_server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _master.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void Function_1_reads_coils_20_to_38()
    {
        SetBits(_bank.SetCoil, 19, "10110011 11010110 101");
        Assert.Equal("0103CD6B05", _master.Ask(17, "01 0013 0013"));
    }

    [Fact]
    public void Function_2_reads_discrete_inputs_197_to_218()
    {
        SetBits(_bank.SetDiscrete, 196, "00110101 11011011 101011");
        Assert.Equal("0203ACDB35", _master.Ask(17, "02 00C4 0016"));
    }

    [Fact]
    public void Function_3_reads_registers_108_to_110()
    {
        _bank.SetWords(RegisterTable.Holding, 107, 0x022B, 0x0000, 0x0064);
        Assert.Equal("0306022B00000064", _master.Ask(17, "03 006B 0003"));
    }

    [Fact]
    public void Function_4_reads_input_register_9()
    {
        _bank.SetUInt16(RegisterTable.Input, 8, 10);
        Assert.Equal("0402000A", _master.Ask(17, "04 0008 0001"));
    }

    [Fact]
    public void Function_5_writes_coil_173()
    {
        Assert.Equal("0500ACFF00", _master.Ask(17, "05 00AC FF00"));
        Assert.True(_bank.Coil(172));
        Assert.Equal("0500AC0000", _master.Ask(17, "05 00AC 0000"));
        Assert.False(_bank.Coil(172));
    }

    [Fact]
    public void Function_6_writes_register_2()
    {
        Assert.Equal("0600010003", _master.Ask(17, "06 0001 0003"));
        Assert.Equal(3, _bank.Word(RegisterTable.Holding, 1));
    }

    [Fact]
    public void Function_15_writes_ten_coils_from_20()
    {
        Assert.Equal("0F0013000A", _master.Ask(17, "0F 0013 000A 02 CD01"));
        string written = string.Concat(Enumerable.Range(19, 10).Select(coil => _bank.Coil(coil) ? '1' : '0'));
        Assert.Equal("1011001110", written);
    }

    [Fact]
    public void Function_16_writes_two_registers_from_2()
    {
        Assert.Equal("1000010002", _master.Ask(17, "10 0001 0002 04 000A 0102"));
        Assert.Equal([0x000A, 0x0102], new[] { _bank.Word(RegisterTable.Holding, 1), _bank.Word(RegisterTable.Holding, 2) });
    }

    [Fact]
    public void A_coil_outside_the_table_is_exception_2() => Assert.Equal("8102", _master.Ask(17, "01 04A1 0001"));

    [Fact]
    public void The_header_carries_transaction_and_unit_back()
    {
        _bank.SetUInt16(RegisterTable.Holding, 4, 5);
        _master.Send("1501 0000 0006 11 03 0004 0001");
        Assert.Equal("150100000005110302" + "0005", _master.ReceiveFrame());
    }

    [Theory]
    [InlineData(WordOrder.ABCD, "42F6E979")]
    [InlineData(WordOrder.CDAB, "E97942F6")]
    [InlineData(WordOrder.BADC, "F64279E9")]
    [InlineData(WordOrder.DCBA, "79E9F642")]
    public void A_float_of_123_456_travels_in_each_word_order(WordOrder order, string expected)
    {
        // 123.456 is 0x42F6E979 in IEEE 754 single precision.
        _bank.SetFloat32(RegisterTable.Input, 0, 123.456f, order);
        Assert.Equal("0404" + expected, _master.Ask(17, "04 0000 0002"));
    }

    [Fact]
    public void Negative_numbers_travel_as_twos_complement()
    {
        _bank.SetInt16(RegisterTable.Holding, 0, -2);
        _bank.SetInt32(RegisterTable.Holding, 1, -3, WordOrder.CDAB);
        Assert.Equal("0306FFFEFFFDFFFF", _master.Ask(17, "03 0000 0003"));
    }

    private static void SetBits(Action<int, bool> set, int first, string bits)
    {
        int bit = first;
        foreach (char digit in bits.Where(digit => digit != ' ')) set(bit++, digit == '1');
    }
}
