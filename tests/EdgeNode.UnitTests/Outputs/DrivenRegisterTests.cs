using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using EdgeNode.UnitTests.Modbus;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>Coils and registers that are driven, over real TCP on loopback.</summary>
[Collection(RealClock.Name)]
public sealed class DrivenRegisterTests : IAsyncLifetime
{
    private readonly RegisterBank _bank = new(holding: 50, coils: 20);
    private readonly LogBook _log = new();
    private ModbusTcpServer _server = null!;
    private ModbusBus? _bus;

    public ValueTask InitializeAsync()
    {
        _server = ModbusTcpServer.Start([new FieldUnit(1, _bank)], TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _bus?.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void A_coil_is_written_and_read_back_and_the_log_is_left_to_who_drives()
    {
        var port = Port(new RegisterOutput(0, 0, 5, 12, 1, 0, TimeSpan.FromSeconds(6)));
        Assert.Equal(new OutputResult(true, true, ""), port.Drive(true, CancellationToken.None));
        Assert.True(_bank.Coil(12));
        Assert.Equal(new OutputResult(true, false, ""), port.Drive(false, CancellationToken.None));
        Assert.False(_bank.Coil(12));
        Assert.Equal(0, _log.Count(2030));
        Assert.Equal(TimeSpan.FromSeconds(2), port.RefreshEvery);
    }

    [Fact]
    public void A_register_has_the_value_of_its_position_also_below_zero()
    {
        var port = Port(new RegisterOutput(0, 0, 6, 40, -1, 7, null));
        Assert.Equal(new OutputResult(true, true, ""), port.Drive(true, CancellationToken.None));
        Assert.Equal(0xFFFF, _bank.Word(RegisterTable.Holding, 40));
        Assert.Equal(new OutputResult(true, false, ""), port.Drive(false, CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(10), port.RefreshEvery);
    }

    [Fact]
    public void What_the_device_does_not_grant_is_not_written_and_that_is_logged()
    {
        var port = Port(new RegisterOutput(0, 0, 5, 13, 1, 0, null), granted: 12);
        var result = port.Drive(true, CancellationToken.None);
        Assert.False(result.Done);
        Assert.Equal("D1: the site file does not grant function 5 on register 13", result.Fault);
        Assert.Equal(1, _log.Count(2031));
        Assert.False(_bank.Coil(13));
    }

    [Fact]
    public void What_was_taken_back_is_not_written()
    {
        var port = Port(new RegisterOutput(0, 0, 5, 12, 1, 0, null));
        using var withdrawal = new Withdrawal(() => false);
        Assert.True(port.Drive(true, withdrawal, CancellationToken.None) is { Done: true, ReadBack: null, IsUnread: true });
        Assert.True(port.ReadBack(true, withdrawal, CancellationToken.None));
        Assert.True(port.Drive(false, CancellationToken.None).Done);
        withdrawal.Withdraw();
        Assert.True(port.Drive(true, withdrawal, CancellationToken.None).WasTakenBack);
        Assert.Null(port.ReadBack(false, withdrawal, CancellationToken.None));
        Assert.False(_bank.Coil(12));
    }

    [Fact]
    public void A_device_that_refuses_is_a_fault_in_words()
    {
        var port = Port(new RegisterOutput(0, 0, 5, 99, 1, 0, null));
        Assert.Equal("D1: expected a confirmation, came exception 2", port.Drive(true, CancellationToken.None).Fault);
    }

    private IOutputPort Port(RegisterOutput place, int? granted = null)
    {
        var coil = granted ?? place.Register;
        var (low, high) = (Math.Min(place.WhenEnergised, place.WhenDeEnergised), Math.Max(place.WhenEnergised, place.WhenDeEnergised));
        var device = Plant.Simple(1) with { Writes = [new WriteGrant(place.Function, new RegisterRange(coil, coil), low, high, 0)] };
        var site = Plant.Site(Plant.Bus with { Port = _server.Port }, device) with { Outputs = [new OutputOptions("P-1", place, "run", "stopped", true, false)] };
        _bus = ModbusBus.Create(site, 0, TimeProvider.System, _log);
        return OutputPorts.All(site, [_bus]).Outputs[0];
    }
}
