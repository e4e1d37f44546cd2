using System.Collections.Immutable;
using static EdgeNode.Provisioning.Grammar.KeyUse;

namespace EdgeNode.Provisioning.Grammar;

/// <summary>
/// The site file's grammar, once: which section has which keys, and which words a value may be. The loader reads by it, and a test compares
/// provisioning/schema/site.schema.json with it. Whoever builds what is marked NotYet changes its mark here, its reader, and the schema.
/// </summary>
internal static class SiteGrammar
{
    public static readonly Section Site = new("site", "the site file",
    [
        new("node", Required), new("uplink", Optional), new("spool", Optional), new("buses", Required), new("devices", Required),
        new("points", Optional), new("groups", Optional), new("alarms", Optional), new("emergency", Optional),
        new("inputs", Optional), new("outputs", Optional), new("annunciators", Optional), new("trips", Optional),
        new("heartbeat", Optional), new("maintenance", Optional),
    ]);

    public static readonly Section Node = new("node", "'node'",
        [new("id", Required), new("site", Required), new("asset", Optional), new("location", Optional)]);

    public static readonly Section Location = new("location", "'location'",
        [new("lat", Required), new("lon", Required), new("datum", Required)]);

    public static readonly Section Uplink = new("uplink", "'uplink'",
        [new("brokers", Required), new("topic", Required), new("payload", Optional), new("credentials", Optional), new("tls", Optional)]);

    public static readonly Section Credentials = new("credentials", "'credentials'",
        [new("user", Required), new("password-file", Optional)]);

    public static readonly Section Tls = new("tls", "'tls'",
        [new("ca", Optional), new("certificate", Optional), new("key", Optional)]);

    public static readonly Section Spool = new("spool", "'spool'",
        [new("commit", Optional), new("limit", Optional), new("when-full", Optional), new("age", Optional)]);

    public static readonly Section Bus = new("bus", "a bus",
    [
        new("modbus-tcp", Optional), new("modbus-rtu", Optional), new("modbus-rtu-over-tcp", Optional), new("baud", Optional), new("format", Optional),
        new("echo", Optional), new("rs485", Optional), new("pipeline", Optional), new("pause-after-connect", Optional), new("pause-between", Optional), new("close-after-read", Optional),
        new("i2c", Optional), new("gpio", Optional), new("sysfs", Optional),
    ]);

    public static readonly Section Device = new("device", "a device",
    [
        new("id", Required), new("bus", Required), new("address", Optional), new("every", Required), new("simulated", Optional), new("registers", Optional),
        new("timeout", Optional), new("max-registers", Optional), new("max-gap", Optional), new("never-read", Optional), new("any-unit-echo", Optional),
        new("writes", Optional), new("status", Optional),
        new("profile", Optional), new("quantities", Optional), new("channel", Optional), new("line", Optional), new("shunt", Optional), new("span", Optional),
        new("pulse", Optional), new("zero-after", Optional), new("roll-over", Optional), new("active", Optional), new("pull", Optional),
        new("debounce", Optional), new("full-scale", Optional), new("supply", Optional), new("excitation", Optional), new("gain", Optional),
        new("name", Optional), new("at", Optional), new("channels", Optional),
    ]);

    public static readonly Section Channel = new("channel", "a channel",
    [
        new("name", Required), new("channel", Optional), new("file", Optional), new("unit", Required), new("scale", Optional), new("offset", Optional),
    ]);

    public static readonly Section Register = new("register", "a register",
    [
        new("name", Required), new("function", Optional), new("register", Optional), new("reference", Optional), new("type", Required), new("order", Optional),
        new("scale", Optional), new("offset", Optional), new("unit", Required), new("invalid", Optional), new("bits", Optional),
        new("with", Optional),
    ]);

    public static readonly Section With = new("with", "'with'",
        [new("register", Required), new("as", Required), new("type", Optional), new("order", Optional), new("bit", Optional)]);

    public static readonly Section Write = new("write", "a write",
        [new("function", Required), new("register", Required), new("values", Optional), new("bits", Optional)]);

    /// <summary>The keys of NAMUR NE 107 in the order in which one hides another.</summary>
    public static readonly ImmutableArray<string> StatusClasses = ["failure", "function-check", "out-of-specification", "maintenance-required"];

    public static readonly Section Status = new("status-word", "a status word",
    [
        new("function", Optional), new("register", Optional), new("reference", Optional), new("type", Required), new("order", Optional),
        .. StatusClasses.Select(c => new Key(c, Optional)), new("of", Optional),
    ]);

    public static readonly Section Point = new("point", "a point",
    [
        new("id", Required), new("signal", Optional), new("span", Optional), new("failure-after", Optional), new("range", Optional), new("rate", Optional),
        new("spike", Optional), new("stuck", Optional), new("stale", Optional), new("report", Optional), new("when-full", Optional), new("calibration", Optional),
    ]);

    public static readonly Section Stuck = new("stuck", "'stuck'",
        [new("for", Required), new("within", Required)]);

    public static readonly Section Calibration = new("calibration", "'calibration'",
    [
        new("zero", Optional), new("span", Optional), new("low", Optional), new("high", Optional), new("gauge-factor", Optional), new("bridge", Optional),
        new("temperature", Optional), new("due", Optional),
    ]);

    public static readonly Section Compensation = new("compensation", "'temperature'",
        [new("of", Required), new("coefficient", Required), new("reference", Required)]);

    public static readonly Section Report = new("report", "'report'",
        [new("change", Required), new("at-least-every", Required)]);

    public static readonly Section Group = new("group", "a group",
    [
        new("id", Required), new("members", Required), new("vote", Required), new("degrade", Optional), new("all-bad", Optional),
        new("unit", Optional), new("prefer", Optional), new("deviation", Optional), new("report", Optional),
        new("failure-delay", Optional), new("repair-within", Optional), new("bypass", Optional),
    ]);

    public static readonly Section GroupDeviation = new("group-deviation", "'deviation'",
        [new("limit", Required), new("on-delay", Optional)]);

    public static readonly Section Bypass = new("bypass", "'bypass'",
        [new("at-most", Optional), new("for", Optional)]);

    public static readonly Section Alarm = new("alarm", "an alarm",
    [
        new("id", Required), new("of", Required), new("high-high", Optional), new("high", Optional), new("low", Optional), new("low-low", Optional),
        new("rate", Optional), new("over", Optional), new("deviation", Optional), new("from", Optional), new("when", Optional),
        new("deadband", Optional), new("on-delay", Optional), new("off-delay", Optional), new("priority", Required),
        new("latch", Optional), new("re-alarm", Optional), new("shelve-at-most", Optional), new("suppress-when", Optional), new("first-out", Optional),
        new("text", Optional),
    ]);

    public static readonly Section Emergency = new("emergency", "'emergency'",
        [new("when", Optional), new("points", Required), new("every", Optional), new("report", Optional), new("for", Optional)]);

    public static readonly Section Text = new("text", "a text",
        [new("en", Optional), new("zh-Hant", Optional), new("zh-Hans", Optional)]);

    public static readonly Section Input = new("input", "an input",
    [
        new("id", Required), new("bus", Optional), new("line", Optional), new("of", Optional), new("active", Optional), new("pull", Optional),
        new("debounce", Optional), new("every", Optional), new("means", Optional),
    ]);

    public static readonly Section Contact = new("contact", "a contact",
    [
        new("bus", Optional), new("line", Optional), new("of", Optional), new("active", Optional), new("pull", Optional),
        new("debounce", Optional), new("every", Optional),
    ]);

    /// <summary>Of <c>proof</c> and <c>values</c> the keys are the output's own words, so they have no section here.</summary>
    public static readonly Section Output = new("output", "an output",
    [
        new("id", Required), new("bus", Optional), new("line", Optional), new("active", Optional), new("pull", Optional),
        new("device", Optional), new("coil", Optional), new("register", Optional), new("values", Optional), new("device-watchdog", Optional),
        new("energised", Optional), new("de-energised", Optional), new("normal", Required), new("safe", Required),
        new("proof", Optional), new("read-back", Optional), new("read-back-within", Optional), new("minimum-safe", Optional), new("hand-off-auto", Optional),
        new("backstop", Optional), new("safe-needs-energy-accepted", Optional), new("hold-through-restart", Optional),
        new("minimum-normal", KeyUse.Never) { Why = ("a least time in the normal position would hold the output away from its safe one", "no such key; 'minimum-safe' keeps a motor from starting too often") },
    ]);

    public static readonly Section HandOffAuto = new("hand-off-auto", "'hand-off-auto'",
        [new("hand", Optional), new("auto", Required)]);

    public static readonly Section Annunciator = new("annunciator", "an annunciator",
    [
        new("id", Required), new("bus", Required), new("line", Required), new("active", Optional), new("pull", Optional),
        new("sounds", Optional), new("shows", Optional), new("silence", Optional),
    ]);

    public static readonly Section Heartbeat = new("heartbeat", "'heartbeat'",
        [new("bus", Required), new("line", Required), new("active", Optional), new("pull", Optional), new("every", Optional)]);

    public static readonly Section Maintenance = new("maintenance", "'maintenance'", [new("for", Required)]);

    public static readonly Section Trip = new("trip", "a trip",
    [
        new("id", Required), new("cause", Required), new("effect", Required), new("on-bad", Required), new("process-safety-time", Required),
        new("reset", Optional), new("settle", Optional), new("after-crash", Optional), new("permissive", Optional), new("mode", Optional),
        new("inhibit-at-most", Optional), new("test-at-most", Optional), new("proof-test-due", Optional), new("text", Optional),
    ]);

    public static readonly Section TripOnBad = new("trip-on-bad", "'on-bad'", [new("trip-after", Required)]);

    /// <summary>What a cause that is no name may have; besides these a vote such as 2oo3.</summary>
    public static readonly ImmutableArray<string> CauseKeys = ["any", "all", "not", "of", "after"];

    public static readonly Choice Datum = new("datum", "a datum", ["WGS84", "CGCS2000", "GCJ-02"], []);

    public static readonly Choice Payload = new("payload", "a payload", ["senml"], ["sparkplug"]);

    public static readonly Choice WhenFull = new("when-full", "what to do when the spool is full", ["drop-oldest"], []);

    public static readonly Choice PointWhenFull = new("point-when-full", "what to do with a point's readings when the spool is full", ["drop", "thin", "keep"], []);

    /// <summary>The rates that termios has a constant for, from the slowest in use.</summary>
    public static readonly Choice Baud = new("baud", "a baud rate",
    [
        "1200", "1800", "2400", "4800", "9600", "19200", "38400", "57600", "115200", "230400", "460800", "500000", "576000", "921600",
    ], []);

    public static readonly Choice Format = new("format", "a serial format", ["8N1", "8E1", "8O1", "8N2"], []);

    public static readonly Choice Function = new("function", "a Modbus function for reading", ["1", "2", "3", "4"], []);

    public static readonly Choice WriteFunction = new("write-function", "a Modbus function for writing", ["5", "6", "15", "16", "22", "23"], []);

    public static readonly Choice Partner = new("partner", "what a second register can be", ["decimals", "fraction", "sign"], []);

    public static readonly Choice Type = new("type", "a register type",
    [
        "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64",
        "bcd16", "bcd32", "mod10k32", "mod10k48", "mod10k64", "bits", "bit",
    ], []);

    public static readonly Choice StatusType = new("status-type", "a type of status word", ["uint16", "uint32", "uint64", "bit"], []);

    /// <summary>The names for 32 bits hold for every width; the others are spelled out for 16, 48 and 64 bits.</summary>
    public static readonly Choice Order = new("order", "an order of bytes",
    [
        "ABCD", "CDAB", "BADC", "DCBA", "AB", "BA", "ABCDEF", "EFCDAB", "BADCFE", "FEDCBA",
        "ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA",
    ], []);

    public static readonly Choice Active = new("active", "an active level", ["high", "low"], []);

    public static readonly Choice Pull = new("pull", "a resistor in the chip", ["up", "down", "none"], []);

    public static readonly Choice Bridge = new("bridge", "a form of bridge", ["quarter", "half", "full"], []);

    public static readonly Choice Gain = new("gain", "a gain of the NAU7802", ["1", "2", "4", "8", "16", "32", "64", "128"], []);

    public static readonly Choice AllBad = new("all-bad", "what a group says when no member has a vote", ["trip", "hold", "alarm-only"], []);

    public static readonly Choice AlarmWhen = new("alarm-when", "a state of a point", ["bad", "stale", "active", "inactive"], []);

    public static readonly Choice EmergencyReport = new("emergency-report", "what is reported in the emergency mode", ["every-reading", "by-rule"], []);

    public static readonly Choice Priority = new("priority", "a priority", ["critical", "high", "medium", "low"], []);

    public static readonly Choice Means = new("means", "what an input can mean",
        ["acknowledge", "silence", "reset", "lamp-test", "maintenance", "tamper", "mains-fail", "door"], []);

    public static readonly Choice Silence = new("silence", "whether a siren may be silenced", ["allowed", "never"], []);

    public static readonly Choice Backstop = new("backstop", "a backstop", ["released-line", "watchdog-relay", "device-watchdog", "hard-wired"], []);

    public static readonly Choice OnBad = new("on-bad", "what an unknown cause does", ["hold", "alarm-only"], []);

    public static readonly Choice TripReset = new("trip-reset", "how a trip is reset", ["manual", "automatic"], []);

    public static readonly Choice AfterCrash = new("after-crash", "what a stop that was not orderly does to a reset", ["manual", "resume"], []);

    public static readonly Choice TripMode = new("trip-mode", "a mode of a trip", ["armed", "shadow"], []);

    /// <summary>Every section, for the tests that hold the schema and the examples against this table.</summary>
    public static ImmutableArray<Section> Sections { get; } =
        [Site, Node, Location, Uplink, Credentials, Tls, Spool, Bus, Device, Register, With, Write, Status, Channel, Point, Stuck, Report, Calibration, Compensation, Group, GroupDeviation, Bypass, Alarm, Emergency, Text,
            Input, Contact, Output, HandOffAuto, Annunciator, Heartbeat, Maintenance, Trip, TripOnBad];

    /// <summary>Every choice.</summary>
    public static ImmutableArray<Choice> Choices { get; } = [Datum, Payload, WhenFull, PointWhenFull, Baud, Format, Function, WriteFunction, Partner, Type, StatusType, Order, Active, Pull, Bridge, Gain, AllBad, AlarmWhen, EmergencyReport, Priority,
            Means, Silence, Backstop, OnBad, TripReset, AfterCrash, TripMode];
}
