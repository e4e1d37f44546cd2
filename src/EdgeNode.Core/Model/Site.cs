using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>One site file, checked: what is connected, what it is called, what is watched, where it goes.</summary>
/// <remarks>Indexes between the parts (point, device, bus) are positions in these arrays.</remarks>
public sealed record Site(
    NodeOptions Node,
    UplinkOptions? Uplink,
    SpoolOptions Spool,
    ImmutableArray<BusOptions> Buses,
    ImmutableArray<DeviceOptions> Devices,
    ImmutableArray<PointOptions> Points,
    ImmutableArray<AlarmOptions> Alarms)
{
    /// <summary>Points that vote together.</summary>
    public ImmutableArray<GroupOptions> Groups { get; init; } = [];

    /// <summary>Contacts; each is a device and a point as well.</summary>
    public ImmutableArray<InputOptions> Inputs { get; init; } = [];

    /// <summary>What the node drives.</summary>
    public ImmutableArray<OutputOptions> Outputs { get; init; } = [];

    /// <summary>What takes outputs to their safe state.</summary>
    public ImmutableArray<TripOptions> Trips { get; init; } = [];

    /// <summary>Lamps and sirens.</summary>
    public ImmutableArray<AnnunciatorOptions> Annunciators { get; init; } = [];

    /// <summary>The line of the external watchdog relay; null: there is none.</summary>
    public HeartbeatOptions? Heartbeat { get; init; }

    /// <summary>How long maintenance may last.</summary>
    public MaintenanceOptions Maintenance { get; init; } = MaintenanceOptions.Default;

    /// <summary>What is measured and reported more often once something critical has happened; null: nothing.</summary>
    public EmergencyOptions? Emergency { get; init; }

    /// <summary>How often a point can have a new value: the scan period of its device; of a group's point the longest of its members.</summary>
    public TimeSpan EveryOf(int point) => GroupOf(point) is { } group
        ? Groups[group].Members.Max(m => Devices[Points[m].Device].Every)
        : Points[point].IsComputed ? StateEvery : Devices[Points[point].Device].Every;

    /// <summary>How often the points of outputs and trips are told without a change.</summary>
    public static readonly TimeSpan StateEvery = TimeSpan.FromMinutes(1);

    /// <summary>The group that computes a point; null for a point of a device, an output or a trip.</summary>
    public int? GroupOf(int point)
    {
        if (!Points[point].IsComputed)
        {
            return null;
        }

        for (var g = 0; g < Groups.Length; g++)
        {
            var (value, spread, voting) = Groups[g].Points;
            if (point == value || point == spread || point == voting)
            {
                return g;
            }
        }

        return null;
    }

    /// <summary>First 12 hex digits of the SHA-256 of the site file's bytes: names the configuration revision.</summary>
    public string Revision { get; init; } = "";
}

/// <summary>Which node this is and where it stands.</summary>
public sealed record NodeOptions(string Id, string SiteName, string? Asset, Location? Location);

/// <summary>A place on the map.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
/// <param name="Datum">WGS84, CGCS2000 or GCJ-02.</param>
public sealed record Location(double Latitude, double Longitude, string Datum);

/// <summary>Where readings go.</summary>
/// <param name="Brokers">Tried in order, the first is preferred; at least one.</param>
/// <param name="Topic">The root topic, its placeholders already replaced.</param>
/// <param name="User">User name, when the broker wants one.</param>
/// <param name="PasswordFile">Absolute path; read anew at each connect, so that a rotated password needs no restart.</param>
/// <param name="CaFile">Absolute path of PEM certificates that sign the broker's; the system's own when absent.</param>
public sealed record UplinkOptions(ImmutableArray<BrokerOptions> Brokers, string Topic, string? User, string? PasswordFile, string? CaFile)
{
    /// <summary>Absolute path of the client certificate, PEM, with the certificates between it and the authority where there are any; read anew at each connect.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Absolute path of its private key, PEM, not encrypted; given with the certificate or not at all.</summary>
    public string? KeyFile { get; init; }
}

/// <summary>One broker.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">1 to 65535; 1883 (mqtt) or 8883 (mqtts) unless written.</param>
/// <param name="Tls">mqtts.</param>
public sealed record BrokerOptions(string Host, int Port, bool Tls);

/// <summary>How the spool keeps what is not delivered.</summary>
/// <param name="Commit">Longest time between an append and its fdatasync; 100 ms to 60 s, default 1 s.</param>
/// <param name="LimitBytes">Upper bound on the journal's files; 16 MiB to 6 GiB, default 4 GiB.</param>
public sealed record SpoolOptions(TimeSpan Commit, long LimitBytes)
{
    /// <summary>Readings older than this are dropped, and named in gaps; 1 h to 3650 d. Null: only the limit of bytes drops.</summary>
    public TimeSpan? Age { get; init; }
}

/// <summary>What becomes of a point's readings when the spool is at its limit. The numbers are part of spool format v2.</summary>
public enum WhenFull : byte
{
    /// <summary>The oldest go.</summary>
    Drop = 0,

    /// <summary>Of the oldest, one reading a minute stays.</summary>
    Thin = 1,

    /// <summary>They stay as long as what is kept takes at most half of the limit.</summary>
    Keep = 2,
}

/// <summary>A bus that devices hang on.</summary>
public abstract record BusOptions(string Id);

/// <summary>Modbus TCP: one connection to one address.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">1 to 65535, default 502.</param>
/// <param name="PauseAfterConnect">Wait before the first request of a connection; default 0.</param>
/// <param name="PauseBetween">Wait between a reply and the next request; default 0.</param>
/// <param name="CloseAfterRead">Close the connection after each scan of a device, for devices that serve one master at a time.</param>
public sealed record ModbusTcpBusOptions(string Id, string Host, int Port, TimeSpan PauseAfterConnect, TimeSpan PauseBetween, bool CloseAfterRead) : BusOptions(Id)
{
    /// <summary>Most requests of one scan that may be open at once, 1 to 16. Many devices know one only.</summary>
    public int Pipeline { get; init; } = 1;
}


/// <summary>Modbus RTU over a serial line of this node, RS485 as a rule.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Port">Absolute path of the tty; opened again by this name when it was unplugged.</param>
/// <param name="Baud">Bits a second; one of the rates that termios knows, 1200 to 921600.</param>
/// <param name="Format">Parity and stop bits.</param>
/// <param name="PauseBetween">Wait between a reply and the next request, where the silence that Modbus asks for is too short; default 0.</param>
/// <param name="Echo">The adapter hears what it sends itself, and that is removed.</param>
public sealed record ModbusRtuBusOptions(string Id, string Port, int Baud, SerialFormat Format, TimeSpan PauseBetween, bool Echo) : BusOptions(Id)
{
    /// <summary>The port's driver switches the RS485 transceiver between sending and hearing (TIOCSRS485).</summary>
    public bool Rs485 { get; init; }
}


/// <summary>Modbus RTU frames through a serial server that passes bytes on and knows nothing of Modbus.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Host">Name or address of the serial server.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Baud">Bits a second of the serial line behind it: the gaps between frames follow from it.</param>
/// <param name="PauseAfterConnect">Wait before the first request of a connection; default 0.</param>
/// <param name="PauseBetween">Wait between a reply and the next request; default 0.</param>
/// <param name="Echo">The serial server hears what it sends itself, and that is removed.</param>
public sealed record ModbusRtuOverTcpBusOptions(
    string Id, string Host, int Port, int Baud, TimeSpan PauseAfterConnect, TimeSpan PauseBetween, bool Echo) : BusOptions(Id);

/// <summary>Data bits, parity, stop bits of a serial line. Modbus RTU always has eight data bits.</summary>
public enum SerialFormat
{
    /// <summary>8N1: no parity, one stop bit. Not by the standard, and common all the same.</summary>
    NoParity,

    /// <summary>8E1: even parity, one stop bit; the standard's own.</summary>
    Even,

    /// <summary>8O1: odd parity, one stop bit.</summary>
    Odd,

    /// <summary>8N2: no parity, two stop bits; the standard's way to go without parity.</summary>
    TwoStopBits,
}

/// <summary>A device on a bus.</summary>
/// <param name="Id">Tag name.</param>
/// <param name="Bus">Index into <see cref="Site.Buses"/>.</param>
/// <param name="Every">Scan period; 10 ms to 24 h.</param>
public abstract record DeviceOptions(string Id, int Bus, TimeSpan Every)
{
    /// <summary>A simulator stands in its place: its points are <see cref="PointOptions.Simulated"/>.</summary>
    public bool Simulated { get; init; }
}

/// <summary>A Modbus server (slave).</summary>
/// <param name="Address">Unit identifier, 0 to 255 (1 to 247 by the standard).</param>
/// <param name="Timeout">Deadline of one request; default 1 s.</param>
/// <param name="MaxRegisters">Most registers in one request, 1 to 125; default 125.</param>
/// <param name="MaxGap">Most unused registers read to join two blocks; default 8.</param>
/// <param name="NeverRead">Registers that must not be touched, because reading them has effects.</param>
/// <param name="AnyUnitEcho">Accept a reply whose unit identifier is 0 or 255 (some TCP devices answer so).</param>
/// <param name="Registers">What to read.</param>
public sealed record ModbusDeviceOptions(
    string Id, int Bus, TimeSpan Every, int Address, TimeSpan Timeout, int MaxRegisters, int MaxGap,
    ImmutableArray<RegisterRange> NeverRead, bool AnyUnitEcho, ImmutableArray<RegisterOptions> Registers) : DeviceOptions(Id, Bus, Every)
{
    /// <summary>What may be written to it; nothing when empty.</summary>
    public ImmutableArray<WriteGrant> Writes { get; init; } = [];

    /// <summary>The words in which it says how it is; none as a rule.</summary>
    public ImmutableArray<StatusWord> Status { get; init; } = [];

    /// <summary>The profile that its registers come from, all or some; null without one.</summary>
    public string? Profile { get; init; }
}

/// <summary>Leave to write to a device, for one function. Without it nothing is ever written.</summary>
/// <param name="Function">5, 6, 15, 16, 22 or 23.</param>
/// <param name="Registers">Registers, or coils with functions 5 and 15.</param>
/// <param name="Low">Least value of a register, -32768 to 65535; below 0 registers are taken as two's complement. 0 or 1 for a coil.</param>
/// <param name="High">Greatest value of a register, or 0 or 1.</param>
/// <param name="Mask">For function 22: the bits that may be changed.</param>
public sealed record WriteGrant(int Function, RegisterRange Registers, int Low, int High, ushort Mask);

/// <summary>A span of registers, both ends included, 0 to 65535.</summary>
public readonly record struct RegisterRange(int First, int Last);

/// <summary>One quantity of a Modbus device.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Function">1 (coils), 2 (discrete inputs), 3 (holding registers) or 4 (input registers).</param>
/// <param name="Register">0-based register, 0 to 65535.</param>
/// <param name="Type">How the registers become a number.</param>
/// <param name="Order">Order of words and bytes.</param>
/// <param name="FirstBit">For <see cref="RegisterType.Bits"/>: lowest bit, 0 to 15.</param>
/// <param name="BitCount">For <see cref="RegisterType.Bits"/>: number of bits, 1 to 16.</param>
/// <param name="Invalid">Raw bit patterns that the device sends in place of a value.</param>
public sealed record RegisterOptions(
    int Point, int Function, int Register, RegisterType Type, WordOrder Order, int FirstBit, int BitCount, ImmutableArray<ulong> Invalid)
{
    /// <summary>A second register that the value needs; none as a rule.</summary>
    public RegisterPartner? With { get; init; }

    /// <summary>Number of registers that the type takes, 1 to 4.</summary>
    public int Count => Width(Type);

    /// <summary>First register that must be read for the value, its partner's included.</summary>
    public int First => With is { } with ? Math.Min(Register, with.Register) : Register;

    /// <summary>The register behind the last one that must be read for the value, its partner's included.</summary>
    public int End => With is { } with ? Math.Max(Register + Count, with.Register + Width(with.Type)) : Register + Count;

    /// <summary>Number of registers that a type takes, 1 to 4.</summary>
    public static int Width(RegisterType type) => type switch
    {
        RegisterType.UInt16 or RegisterType.Int16 or RegisterType.Bcd16 or RegisterType.Bits or RegisterType.Bit => 1,
        RegisterType.UInt32 or RegisterType.Int32 or RegisterType.Float32 or RegisterType.Bcd32 or RegisterType.Mod10k32 => 2,
        RegisterType.Mod10k48 => 3,
        _ => 4,
    };
}

/// <summary>What a second register does to a value.</summary>
public enum PartnerKind
{
    /// <summary>It says how many decimals the value has, 0 to 9.</summary>
    Decimals,

    /// <summary>It is the part behind the point, and is added.</summary>
    Fraction,

    /// <summary>One bit of it makes the value negative.</summary>
    Sign,
}

/// <summary>A second register of the same function, read in the same request as the value that needs it.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Register">0-based.</param>
/// <param name="Type">How it becomes a number.</param>
/// <param name="Order">Order of words and bytes.</param>
/// <param name="Bit">For <see cref="PartnerKind.Sign"/>: 0 to 15.</param>
public sealed record RegisterPartner(PartnerKind Kind, int Register, RegisterType Type, WordOrder Order, int Bit);

/// <summary>How registers become a number.</summary>
public enum RegisterType
{
    /// <summary>Unsigned, one register.</summary>
    UInt16,

    /// <summary>Two's complement, one register.</summary>
    Int16,

    /// <summary>Unsigned, two registers.</summary>
    UInt32,

    /// <summary>Two's complement, two registers.</summary>
    Int32,

    /// <summary>Unsigned, four registers.</summary>
    UInt64,

    /// <summary>Two's complement, four registers.</summary>
    Int64,

    /// <summary>IEEE 754 single, two registers.</summary>
    Float32,

    /// <summary>IEEE 754 double, four registers.</summary>
    Float64,

    /// <summary>Four decimal digits, one register.</summary>
    Bcd16,

    /// <summary>Eight decimal digits, two registers.</summary>
    Bcd32,

    /// <summary>Base 10000, two registers of 0 to 9999.</summary>
    Mod10k32,

    /// <summary>Base 10000, three registers of 0 to 9999.</summary>
    Mod10k48,

    /// <summary>Base 10000, four registers of 0 to 9999.</summary>
    Mod10k64,

    /// <summary>Some bits of one register, as an unsigned number.</summary>
    Bits,

    /// <summary>One coil or discrete input: 0 or 1.</summary>
    Bit,
}

/// <summary>Order of words and bytes; A is the most significant byte. The names extend to 64 bits (CDAB: words reversed).</summary>
public enum WordOrder
{
    /// <summary>Big-endian throughout, Modbus's own order.</summary>
    ABCD,

    /// <summary>Low word first.</summary>
    CDAB,

    /// <summary>Bytes swapped within each word.</summary>
    BADC,

    /// <summary>Little-endian throughout.</summary>
    DCBA,
}

/// <summary>One measured quantity.</summary>
/// <param name="Name">DEVICE.QUANTITY, unique.</param>
/// <param name="Device">Index into <see cref="Site.Devices"/>; <see cref="Computed"/> for a point of a group. Those come after all points of devices.</param>
/// <param name="Unit">Engineering unit.</param>
/// <param name="Scale">Value = raw x scale + offset.</param>
/// <param name="Offset">In the engineering unit.</param>
/// <param name="Range">Measuring range in the engineering unit, when known.</param>
/// <param name="Stale">Without a fresh value for this long the point is bad; default 3 x the device's period, or 2 x the period and the longest timeout on its bus where that is longer.</param>
/// <param name="Report">Report by exception; every reading is sent when absent.</param>
public sealed record PointOptions(
    string Name, int Device, Unit Unit, double Scale, double Offset, ValueRange? Range, TimeSpan Stale, ReportOptions? Report)
{
    /// <summary>In place of a device: a group computes the point.</summary>
    public const int Computed = -1;

    /// <summary>A group computes it; no device has it.</summary>
    public bool IsComputed => Device == Computed;

    /// <summary>The value comes from a simulated device, or is computed of one that does, and says so wherever it is told. Alarms, votes and trips go by it as by any other.</summary>
    public bool Simulated { get; init; }

    /// <summary>What becomes of its readings when the spool is at its limit.</summary>
    public WhenFull WhenFull { get; init; }

    /// <summary>What the value is corrected by, after scale and offset; null when it is taken as it comes.</summary>
    public CalibrationOptions? Calibration { get; init; }

    /// <summary>What its values are held against besides range and age.</summary>
    public PointChecks Checks { get; init; } = PointChecks.None;
}

/// <summary>Both ends included, in the point's unit.</summary>
public readonly record struct ValueRange(double Low, double High);

/// <summary>Send only what moved, and a sign of life.</summary>
/// <param name="Change">Smallest change from the last sent value, in the point's unit.</param>
/// <param name="AtLeastEvery">Longest time between two sent readings.</param>
public sealed record ReportOptions(double Change, TimeSpan AtLeastEvery);

/// <summary>A sentence in the product's three languages; empty where the site file has none.</summary>
public sealed record LocalText(string En, string ZhHant, string ZhHans);
