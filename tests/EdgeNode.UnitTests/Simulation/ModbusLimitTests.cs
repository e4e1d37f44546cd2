using EdgeNode.Simulation.Modbus;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>What the server refuses, and what it survives.</summary>
public sealed class ModbusLimitTests : IAsyncLifetime
{
    private readonly RegisterBank _bank = new(holding: 65536, input: 126, coils: 65536, discrete: 2001);
    private ModbusTcpServer _server = null!;
    private RawMaster _master = null!;

    public ValueTask InitializeAsync()
    {
        _server = ModbusTcpServer.Start([new FieldUnit(1, _bank), new FieldUnit(2, new RegisterBank(holding: 1))], TimeProvider.System);
        _master = new RawMaster(_server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _master.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("07", "8701")]                          // a function that it does not have
    [InlineData("2B0E0100", "AB01")]
    [InlineData("83 0000 0001", "8301")]                // a function code with the exception bit
    [InlineData("03 0000 0000", "8303")]                // no registers
    [InlineData("03 0000 007E", "8303")]                // 126 registers
    [InlineData("04 0000 007E", "8403")]
    [InlineData("01 0000 0000", "8103")]
    [InlineData("01 0000 07D1", "8103")]                // 2001 bits
    [InlineData("02 0000 07D1", "8203")]
    [InlineData("03 0000", "8303")]                     // a request that is too short
    [InlineData("03 0000 0001 00", "8303")]             // and one that is too long
    [InlineData("05 0000 0001", "8503")]                // neither on nor off
    [InlineData("05 0000", "8503")]
    [InlineData("06 0000", "8603")]
    [InlineData("10 0000 0000 00", "9003")]
    [InlineData("10 0000 0001 01 00", "9003")]          // byte count of half a register
    [InlineData("10 0000 0002 04 0000", "9003")]        // byte count without the bytes
    [InlineData("0F 0000 0009 01 FF", "8F03")]          // nine bits in one byte
    [InlineData("0F 0000 0000 00", "8F03")]
    [InlineData("04 007E 0001", "8402")]                // one beyond the table
    [InlineData("04 007D 0002", "8402")]                // one half beyond
    [InlineData("03 FFFF 0002", "8302")]                // over the end of the address space
    [InlineData("10 FFFF 0002 04 0000 0000", "9002")]
    [InlineData("0F FFFF 0002 01 03", "8F02")]
    [InlineData("02 07D1 0001", "8202")]
    public void A_request_that_breaks_a_rule_gets_its_exception(string request, string expected) =>
        Assert.Equal(expected, _master.Ask(1, request));

    [Fact]
    public void An_address_that_the_unit_does_not_have_is_exception_2()
    {
        Assert.Equal("8302", _master.Ask(2, "03 0001 0001"));
        Assert.Equal("8602", _master.Ask(2, "06 0001 0000"));
        Assert.Equal("8502", _master.Ask(2, "05 0000 FF00"));
    }

    [Fact]
    public void The_longest_requests_are_served()
    {
        Assert.Equal("04FA" + new string('0', 500), _master.Ask(1, "04 0000 007D"));
        Assert.Equal("01FA" + new string('0', 500), _master.Ask(1, "01 0000 07D0"));
        Assert.Equal("100000007B", _master.Ask(1, "10 0000 007B F6" + new string('1', 492)));
        Assert.Equal("0F000007B0", _master.Ask(1, "0F 0000 07B0 F6" + new string('F', 492)));
        Assert.Equal(0x1111, _bank.Word(RegisterTable.Holding, 122));
        Assert.Equal(0, _bank.Word(RegisterTable.Holding, 123));
        Assert.True(_bank.Coil(1967));
        Assert.False(_bank.Coil(1968));
    }

    [Fact]
    public void The_last_address_of_all_can_be_read_and_written()
    {
        Assert.Equal("06FFFF0A0B", _master.Ask(1, "06 FFFF 0A0B"));
        Assert.Equal("03020A0B", _master.Ask(1, "03 FFFF 0001"));
    }

    [Fact]
    public void An_unknown_unit_is_answered_as_a_gateway_does_or_not_at_all()
    {
        Assert.Equal("830B", _master.Ask(9, "03 0000 0001"));
        _server.UnknownUnit = FieldFault.Silent;
        _master.Send("0007 0000 0006 09 03 0000 0001");
        Assert.Equal("03020000", _master.Ask(2, "03 0000 0001"));
        Assert.Equal(2, _server.RequestsOf(9));
        Assert.Equal(1, _server.RequestsOf(2));
    }

    [Theory]
    [InlineData("0001 0001 0006 01 03 0000 0001")]      // protocol 1
    [InlineData("0001 0000 0001 01 03 0000 0001")]      // a length without a function code
    [InlineData("0001 0000 0000 01 03 0000 0001")]
    [InlineData("0001 0000 00FF 01 03 0000 0001")]      // one byte over the longest frame
    [InlineData("0001 0000 FFFF 01 03 0000 0001")]
    public async Task What_is_no_Modbus_closes_the_connection_and_no_other(string bytes)
    {
        using var other = new RawMaster(_server.Port);
        _master.Send(bytes);
        Assert.Equal("", await Task.Run(() => _master.ReceiveToEnd(out _), TestContext.Current.CancellationToken));
        Assert.Equal("03020000", other.Ask(2, "03 0000 0001"));
    }

    [Fact]
    public void A_request_may_come_byte_by_byte_and_several_may_come_at_once()
    {
        foreach (string piece in "00 01 00 00 00 06 02 03 00 00 00 01".Split(' ')) _master.Send(piece);
        Assert.Equal("00010000000502" + "03020000", _master.ReceiveFrame());

        _master.Send("000A 0000 0006 02 03 0000 0001 000B 0000 0006 02 03 0001 0001 000C 0000 0006 01 03 0000 0001");
        Assert.Equal("000A0000000502" + "03020000", _master.ReceiveFrame());
        Assert.Equal("000B0000000302" + "8302", _master.ReceiveFrame());
        Assert.Equal("000C0000000501" + "03020000", _master.ReceiveFrame());
    }

    [Fact]
    public void Any_request_of_any_bytes_gets_one_well_formed_answer()
    {
        var random = new Random(20260);
        for (int i = 0; i < 3000; i++)
        {
            byte[] pdu = new byte[random.Next(1, 254)];
            random.NextBytes(pdu);
            if (random.Next(2) == 0) pdu[0] = (byte)random.Next(1, 17);
            string reply = _master.Ask(1, Convert.ToHexString(pdu));
            byte function = Convert.FromHexString(reply)[0];
            Assert.True(function == pdu[0] || function == (pdu[0] | 0x80), $"{Convert.ToHexString(pdu)} was answered {reply}");
        }

        Assert.Equal(3000, _server.RequestsOf(1));
    }

    [Fact]
    public async Task What_the_model_sets_in_one_call_is_never_read_in_part()
    {
        // The longest span, so that a reader who could come in between would do so within these three thousand reads.
        const string read = "04 0000 007D";
        string[] whole = ["04FA" + new string('0', 500), "04FA" + new string('A', 500), "04FA" + new string('5', 500)];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task model = Task.Run(
            () =>
            {
                ushort[][] words = [[.. Enumerable.Repeat((ushort)0xAAAA, 125)], [.. Enumerable.Repeat((ushort)0x5555, 125)]];
                for (int i = 0; !stop.IsCancellationRequested; i++) _bank.SetWords(RegisterTable.Input, 0, words[i % 2]);
            },
            TestContext.Current.CancellationToken);

        try
        {
            for (int i = 0; i < 3000; i++) Assert.Contains(_master.Ask(1, read), whole);
        }
        finally
        {
            await stop.CancelAsync();
            await model;
        }
    }

    [Fact]
    public void One_connection_too_many_is_closed_and_the_place_is_free_again_later()
    {
        var masters = new List<RawMaster> { _master };
        try
        {
            while (masters.Count < ModbusTcpServer.MaxConnections)
            {
                masters.Add(new RawMaster(_server.Port));
                Assert.Equal("03020000", masters[^1].Ask(2, "03 0000 0001"));
            }

            using (var surplus = new RawMaster(_server.Port)) Assert.Equal("", surplus.ReceiveToEnd(out _));
            Assert.Equal("03020000", masters[0].Ask(2, "03 0000 0001"));
            Assert.Equal(ModbusTcpServer.MaxConnections + 1, _server.Accepted);

            masters[^1].Dispose();
            masters.RemoveAt(masters.Count - 1);
            Assert.True(Eventually(PlaceIsFree), "The closed connection still takes a place.");
        }
        finally
        {
            foreach (RawMaster master in masters.Skip(1)) master.Dispose();
        }
    }

    [Fact]
    public async Task A_stopped_server_frees_its_port_and_can_be_started_again_there()
    {
        Assert.Equal("03020000", _master.Ask(2, "03 0000 0001"));
        await _server.DisposeAsync();
        Assert.Equal("", _master.ReceiveToEnd(out _));

        await using var again = ModbusTcpServer.Start([new FieldUnit(2, new RegisterBank(holding: 1))], TimeProvider.System, _server.Port);
        using var master = new RawMaster(again.Port);
        Assert.Equal("03020000", master.Ask(2, "03 0000 0001"));
    }

    [Fact]
    public void The_same_unit_twice_is_refused() =>
        Assert.Throws<ArgumentException>(() => ModbusTcpServer.Start([new FieldUnit(1, _bank), new FieldUnit(1, _bank)], TimeProvider.System));

    private bool PlaceIsFree()
    {
        using var master = new RawMaster(_server.Port);
        try
        {
            return master.Ask(2, "03 0000 0001") == "03020000";
        }
        catch (Exception refused) when (refused is System.Net.Sockets.SocketException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }

    /// <summary>The server learns of a closed connection in its own time; each attempt is a round trip, so counting them is enough.</summary>
    private static bool Eventually(Func<bool> condition) => Enumerable.Range(0, 1000).Any(_ => condition());
}
