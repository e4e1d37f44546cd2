using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.CoreLaws;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>
/// A site of one valve XV-101 on line 22 of a GPIO chip, open in normal, closed in safe. Points: 0 XV-101.closed, 1 XV-101.open, 2 XV-101.read-back,
/// 3 XV-101.hand, 4 XV-101.auto; then the valve's own: 5 XV-101.safe, 6 XV-101.fault.
/// </summary>
internal static class OutputSite
{
    public const int Closed = 0;
    public const int Open = 1;
    public const int Contact = 2;
    public const int Hand = 3;
    public const int Auto = 4;
    public const int SafePoint = 5;
    public const int FaultPoint = 6;

    public static readonly TimeSpan Travel = TimeSpan.FromSeconds(40);

    public static OutputOptions Valve => new("XV-101", new LineOutput(0, new LineOptions(22, null, false, LinePull.Down, TimeSpan.Zero)), "open", "closed", true, false)
    {
        Points = new OutputPoints(SafePoint, FaultPoint),
    };

    public static ProofOptions Switches { get; } = new(Open, Closed, Travel);

    public static Site Of(params OutputOptions[] outputs)
    {
        string[] contacts = ["closed", "open", "read-back", "hand", "auto"];
        return TestSite.Of(
            [
                .. contacts.Select((c, i) => Digital("XV-101." + c, i)), Digital("XV-101.safe", PointOptions.Computed), Digital("XV-101.fault", PointOptions.Computed),
            ],
            [new AlarmOptions("XV-101.fault", FaultPoint, AlarmKind.Active, 0, 0, TimeSpan.Zero, TimeSpan.Zero, AlarmPriority.High, new LocalText("Valve", "", ""))],
            [.. contacts.Select((c, i) => new SwitchOptions("XV-101." + c, 0, TimeSpan.FromSeconds(1), new LineOptions(i, null, false, LinePull.Up, TimeSpan.Zero), i))],
            [new GpioBusOptions("gpio0", "/dev/gpiochip0")]) with
        { Outputs = [.. outputs] };
    }

    private static PointOptions Digital(string name, int device) =>
        new(name, device, UnitTable.Get("1"), 1, 0, null, TimeSpan.FromHours(1), null);
}
