namespace EdgeNode.VirtualBench.Cases;

/// <summary>Something is not as the case wants it.</summary>
internal sealed class CaseFailure(string what) : Exception(what);

/// <summary>One thing that the bench shows.</summary>
/// <param name="Name">What is typed to run it alone.</param>
/// <param name="Run">Runs it.</param>
internal sealed record Case(string Name, Func<Plant, string> Run)
{
    /// <summary>A case on the measuring station.</summary>
    public Case(string name, Func<Station, string> run)
        : this(name, (Plant plant) => run(plant.Measuring))
    {
    }

    /// <summary>A case on the station with outputs.</summary>
    public Case(string name, Func<OutputStation, string> run)
        : this(name, (Plant plant) => run(plant.Outputs))
    {
    }

    /// <summary>What <see cref="Run"/> ends with: it resets this machine, and this here goes on after the boot. Null as a rule.</summary>
    public Func<OutputStation, string>? AfterReset { get; init; }
}

/// <summary>The stations that the cases work on, one at a time: it is made by the first case that wants it.</summary>
internal sealed class Plant(TimeProvider time) : IDisposable
{
    private Station? _measuring;
    private OutputStation? _outputs;
    private Systemd? _services;

    public Station Measuring
    {
        get
        {
            _outputs?.Dispose();
            _services?.Dispose();
            (_outputs, _services) = (null, null);
            return _measuring ??= new Station(time);
        }
    }

    public OutputStation Outputs
    {
        get
        {
            _measuring?.Dispose();
            _services?.Dispose();
            (_measuring, _services) = (null, null);
            return _outputs ??= new OutputStation();
        }
    }

    /// <summary>A systemd.</summary>
    public Systemd Services
    {
        get
        {
            _measuring?.Dispose();
            _outputs?.Dispose();
            (_measuring, _outputs) = (null, null);
            return _services ??= new Systemd();
        }
    }

    public void Dispose()
    {
        _services?.Dispose();
        _measuring?.Dispose();
        _outputs?.Dispose();
    }
}
