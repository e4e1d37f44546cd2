namespace EdgeNode.IntegrationTests.Death;

/// <summary>The inlet with a gateway under a real systemd that has been reset: the valve is open.</summary>
internal static class OpenInlet
{
    public const string Data = "/var/lib/edgenode";

    /// <summary>Boots the machine, starts the gateway and resets the trip.</summary>
    /// <param name="field">The inlet.</param>
    /// <param name="site">The site file's text.</param>
    /// <param name="unit">Changes the unit: lines of a drop-in.</param>
    /// <param name="data">As of <see cref="SystemdMachine.BootAsync"/>.</param>
    public static async Task<SystemdMachine> BootAsync(InletField field, string site, string unit = "", string? data = null)
    {
        field.Pressure = 4;
        var machine = await SystemdMachine.BootAsync(site, unit, data);
        try
        {
            await machine.StartAsync();
            await ResetAsync(field, machine);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>A person resets; refused until the cause has been false for the settle time.</summary>
    public static async Task ResetAsync(InletField field, SystemdMachine machine)
    {
        await machine.WaitAsync(
            async () => (await machine.TryAsync("edgenode", "reset", "close-inlet", "--data", Data, "--why", "test")).Code == 0, "the trip takes a reset");
        await UntilOpenAsync(field, machine);
    }

    public static Task UntilOpenAsync(InletField field, SystemdMachine machine) => machine.WaitAsync(() => Task.FromResult(field.IsOpen), "the valve is open");
}
