using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// Contacts that are none: a coil or a register that the node itself writes shows the command. It would prove a valve that has never moved, and press a button that nobody has pressed.
/// </summary>
internal static class ContactSense
{
    private const int WriteCoil = 5;
    private const int ReadCoil = 1;
    private const int ReadRegister = 3;

    /// <summary>
    /// Period and debounce within which a press is not missed. A finger that types stays on its key for about 0.1 s, and one that means a button of a panel some tenths of a second; the product tells
    /// people to hold it for a moment. Our own figure.
    /// </summary>
    private static readonly TimeSpan Press = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Period and debounce within which a mains failure is seen. The buffer module of a DIN rail supply carries a board for some seconds, and of those the event needs up to one until it is on the disk.
    /// Our own figure.
    /// </summary>
    private static readonly TimeSpan Buffered = TimeSpan.FromSeconds(1);

    /// <summary>A door that is opened and shut again, or a cover that is tried, takes no less; an assumption.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(1);

    /// <summary>A contact that is looked at more rarely than what it means lasts. Where it only comes later, as with a key switch that stays turned, nothing is lost.</summary>
    public static void CheckTime(SectionReader input, string id, string means, PointDraft point, SiteDraft draft)
    {
        if (point.Every is not { } every)
            return;
        var debounce = point.IsComputed ? TimeSpan.Zero : (draft.Devices[point.Device] as SwitchOptions)?.Line.Debounce ?? TimeSpan.Zero;
        var at = input["every"] is not null ? input.PlaceOf("every") : input["of"] is not null ? input.PlaceOf("of") : input.PlaceOf("debounce");
        var seen = $"it is read every {Words.Duration(every)}{(debounce > TimeSpan.Zero ? $" and debounced for {Words.Duration(debounce)}" : "")}";
        switch (means)
        {
            case "acknowledge" or "silence" or "reset" or "lamp-test" when every + debounce > Press:
                draft.Faults.Add(at, $"{Words.Quoted(id)} is a button, and {seen}: a shorter press would be lost", Within(Press));
                break;
            case "mains-fail" when every + debounce > Buffered:
                draft.Faults.Add(at, $"{Words.Quoted(id)} says that the mains have failed, and {seen}: the supply may be gone before that is written down", Within(Buffered));
                break;
            case "tamper" or "door" when every + debounce > Opening:
                draft.Faults.Hint(at, $"{id}: {seen}, so that an opening which is over sooner is not seen. Write {Within(Opening)}.");
                break;
        }

        string Within(TimeSpan limit) => $"'every' {(input["of"] is null ? "and 'debounce' of together" : "of its device of")} at most {Words.Duration(limit)}{(input["of"] is null ? "" : ", or a line of a GPIO chip")}";
    }

    /// <summary>After all outputs: the coil may be another one's.</summary>
    public static void Check(SiteDraft draft)
    {
        foreach (var output in draft.Outputs)
        {
            if (output.Options is not { } options)
                continue;
            foreach (var (key, point) in Of(options))
            {
                if (Driven(point, draft) is { } driven)
                    draft.Faults.Add(output.Section.PlaceOf(key), $"{Words.Quoted(draft.Points[point].Name)} {driven}: it shows the command and not the plant", "a contact that the plant moves, such as a limit switch");
            }
        }

        foreach (var (input, at) in draft.Inputs.Zip(draft.InputPlaces))
        {
            if (input.Means != InputMeaning.None && Driven(input.Point, draft) is { } driven)
                draft.Faults.Add(at, $"{Words.Quoted(draft.Points[input.Point].Name)} {driven}: the node would press it itself", "a button or a contact that people or the plant move; or no 'means'");
        }
    }

    /// <summary>Of a point that shows what an output is asked for, as a sentence about it: which coil or register it is. Null of any other.</summary>
    public static string? Driven(int point, SiteDraft draft) => Driver(point, draft) is var (driver, place, device)
        ? $"is {(place.Function == WriteCoil ? "coil" : "register")} {Words.Number(place.Register)} of {Words.Quoted(device)}, which the output {Words.Quoted(driver)} drives"
        : null;

    private static IEnumerable<(string Key, int Point)> Of(OutputOptions output)
    {
        if (output.Proof is { } proof)
        {
            yield return ("proof", proof.EnergisedPoint);
            yield return ("proof", proof.DeEnergisedPoint);
        }

        if (output.ReadBack is { } contact)
            yield return ("read-back", contact);
        if (output.HandOffAuto is { } mode)
        {
            yield return ("hand-off-auto", mode.AutoPoint);
            if (mode.HandPoint is { } hand)
                yield return ("hand-off-auto", hand);
        }
    }

    /// <summary>The output that drives what a point is read from; null when none does.</summary>
    private static (string Output, RegisterOutput Place, string Device)? Driver(int point, SiteDraft draft)
    {
        var number = draft.Points[point].Device;
        if (number < 0 || draft.Devices[number] is not ModbusDeviceOptions device || device.Registers.FirstOrDefault(r => r.Point == point) is not { } read)
            return null;
        foreach (var output in draft.Outputs)
        {
            // One slave may stand in the site file as two devices.
            if (output.Options is { Place: RegisterOutput place } && draft.Devices[place.Device] is ModbusDeviceOptions driven
                && driven.Bus == device.Bus && driven.Address == device.Address
                && read.Function == (place.Function == WriteCoil ? ReadCoil : ReadRegister)
                && place.Register >= read.Register && place.Register < read.Register + read.Count)
                return (output.Id, place, driven.Id);
        }

        return null;
    }
}
