using EdgeNode.Simulation.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>Each fault does what it says to its own unit, leaves the neighbour alone, and goes when it is told to.</summary>
public sealed class FieldFaultTests : IAsyncLifetime
{
    private const string Read = "03 0000 0001";

    private readonly FakeTimeProvider _time = new();
    private readonly FieldUnit _sick = new(1, new RegisterBank(holding: 2));
    private readonly FieldUnit _sound = new(2, new RegisterBank(holding: 2));
    private ModbusTcpServer _server = null!;
    private RawMaster _master = null!;

    public ValueTask InitializeAsync()
    {
        _sick.Bank.SetUInt16(RegisterTable.Holding, 0, 0x1111);
        _sound.Bank.SetUInt16(RegisterTable.Holding, 0, 0x2222);
        _server = ModbusTcpServer.Start([_sick, _sound], _time, seed: 7);
        _master = new RawMaster(_server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _master.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void A_silent_unit_counts_the_request_and_says_nothing()
    {
        _sick.Fault = FieldFault.Silent;
        _master.Send("0001 0000 0006 01 03 0000 0001");
        Assert.Equal("03022222", _master.Ask(2, Read));
        Assert.Equal(1, _server.RequestsOf(1));

        _sick.Fault = null;
        Assert.Equal("03021111", _master.Ask(1, Read));
    }

    [Fact]
    public void An_exception_fault_answers_its_code_whatever_is_asked()
    {
        _sick.Fault = FieldFault.Exception(6);
        Assert.Equal("8306", _master.Ask(1, Read));
        Assert.Equal("9006", _master.Ask(1, "10 0000 0001 02 ABCD"));
        Assert.Equal(0x1111, _sick.Bank.Word(RegisterTable.Holding, 0));
        Assert.Equal("03022222", _master.Ask(2, Read));
    }

    [Fact]
    public void A_wrong_unit_fault_answers_rightly_under_another_name()
    {
        _sick.Fault = FieldFault.WrongUnit(2);
        _master.Send("0001 0000 0006 01 03 0000 0001");
        Assert.Equal("00010000000502" + "03021111", _master.ReceiveFrame());
    }

    [Fact]
    public async Task A_late_reply_waits_for_the_time_and_holds_up_what_follows_on_its_connection_only()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        _sick.Fault = FieldFault.Delay(TimeSpan.FromMilliseconds(700));
        _master.Send("0001 0000 0006 01 03 0000 0001 0002 0000 0006 02 03 0000 0001");
        while (_server.RequestsOf(1) == 0) await Task.Yield();

        using (var other = new RawMaster(_server.Port)) Assert.Equal("03022222", other.Ask(2, Read));
        Assert.Equal(1, _server.RequestsOf(2));

        // The request is counted a moment before its timer is set, so the time has to go on until the reply is there.
        Task<string> first = Task.Run(_master.ReceiveFrame, stop);
        var waited = TimeSpan.Zero;
        while (!first.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            waited += TimeSpan.FromMilliseconds(100);
            await Task.Delay(1, stop);
        }

        Assert.True(waited >= TimeSpan.FromMilliseconds(700), $"The reply came after {waited}.");
        Assert.Equal("00010000000501" + "03021111", await first);
        Assert.Equal("00020000000502" + "03022222", _master.ReceiveFrame());
    }

    [Fact]
    public void A_garbage_fault_sends_the_bytes_of_its_seed()
    {
        _sick.Fault = FieldFault.Garbage;
        _master.Send("0001 0000 0006 01 03 0000 0001");
        byte[] garbage = _master.ReceiveSome();

        var random = new Random(7);
        byte[] expected = new byte[random.Next(1, 65)];
        random.NextBytes(expected);
        Assert.Equal(expected, garbage);
    }

    [Fact]
    public void A_noise_fault_puts_the_bytes_of_its_seed_before_the_right_reply()
    {
        _sick.Fault = FieldFault.Noise;
        var random = new Random(7);
        byte[] expected = new byte[random.Next(1, 9)];
        random.NextBytes(expected);

        _master.Send("0001 0000 0006 01 03 0000 0001");
        string received = "";
        while (received.Length < 2 * (expected.Length + 11)) received += Convert.ToHexString(_master.ReceiveSome());
        Assert.Equal(Convert.ToHexString(expected) + "0001000000050103021111", received);
    }

    [Fact]
    public async Task A_split_fault_sends_one_half_and_after_a_pause_the_other()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        _sick.Fault = FieldFault.Split(TimeSpan.FromMilliseconds(300));
        _master.Send("0001 0000 0006 01 03 0000 0001");
        Assert.Equal("0001000000", Convert.ToHexString(_master.ReceiveSome()));

        Task<byte[]> rest = Task.Run(_master.ReceiveSome, stop);
        var waited = TimeSpan.Zero;
        while (!rest.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            waited += TimeSpan.FromMilliseconds(100);
            await Task.Delay(1, stop);
        }

        Assert.True(waited >= TimeSpan.FromMilliseconds(300), $"The other half came after {waited}.");
        Assert.Equal("050103021111", Convert.ToHexString(await rest));
    }

    [Fact]
    public void A_check_sum_fault_has_nothing_to_spoil_on_tcp()
    {
        _sick.Fault = FieldFault.CheckSum;
        Assert.Equal("03021111", _master.Ask(1, Read));
    }

    [Fact]
    public void A_reset_fault_breaks_the_connection_inside_the_reply_and_leaves_the_server_up()
    {
        _sick.Fault = FieldFault.Reset;
        _master.Send("0001 0000 0006 01 03 0000 0001");
        string received = _master.ReceiveToEnd(out bool reset);
        Assert.True(reset);
        Assert.StartsWith(received, "0001000000050103021111", StringComparison.Ordinal);
        Assert.True(received.Length < 22);

        using var again = new RawMaster(_server.Port);
        Assert.Equal("03022222", again.Ask(2, Read));
    }

    [Fact]
    public void A_stuck_unit_shows_the_old_values_until_it_is_healed()
    {
        _sick.Fault = FieldFault.Stuck;
        _sick.Bank.SetUInt16(RegisterTable.Holding, 0, 0x3333);
        _sound.Bank.SetUInt16(RegisterTable.Holding, 0, 0x4444);
        Assert.Equal("03021111", _master.Ask(1, Read));
        Assert.Equal("03024444", _master.Ask(2, Read));

        // Setting the same fault again does not move the moment at which the values froze.
        _sick.Fault = FieldFault.Stuck;
        Assert.Equal("03021111", _master.Ask(1, Read));

        _sick.Fault = null;
        Assert.Equal("03023333", _master.Ask(1, Read));
    }

    [Fact]
    public void A_fault_that_says_nothing_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FieldFault.Delay(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => FieldFault.Split(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => FieldFault.Exception(0));
        Assert.Throws<ArgumentException>(() => _server.Unit(3));
    }
}
