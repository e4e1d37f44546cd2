using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Simulation.Gpio;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Lines;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>
/// The chip of the front panel (siren, lamp, buttons) goes away while the node runs, and comes back: as a cable that is pulled out. The valve and the pressure switches are on another one.
/// </summary>
public sealed class PanelGoneTests : IDisposable
{
    private const int PressureHigh = 4;
    private const int PressureVeryHigh = 6;
    private const int Valve = 22;
    private const int Siren = 27;
    private const int Lamp = 26;
    private const string Key = "HS-103"; // resets
    private const string LampTest = "HS-104";

    private const string Text = """
        node: { id: en-0042, site: pudong-pump-03 }
        buses:
          field: { gpio: /dev/gpiochip0 }
          panel: { gpio: /dev/gpiochip1 }
        devices: [ { id: FT-101, bus: field, line: 17, profile: pulse-meter, every: 1s, pulse: 10 l, zero-after: 5min } ]
        inputs:
          - { id: PSH-101, bus: field, line: 4, active: high, debounce: 50ms }
          - { id: PSHH-101, bus: field, line: 6, active: high, debounce: 50ms }
          - { id: HS-101, bus: panel, line: 5, active: low, debounce: 50ms, means: acknowledge }
          - { id: HS-102, bus: panel, line: 12, active: low, debounce: 50ms, means: silence }
          - { id: HS-103, bus: panel, line: 13, active: low, debounce: 50ms, means: reset }
          - { id: HS-104, bus: panel, line: 16, active: low, debounce: 50ms, means: lamp-test }
          - { id: HS-105, bus: panel, line: 19, active: low, debounce: 50ms, means: maintenance }
        maintenance: { for: 2h }
        alarms:
          - { id: PAH-101, of: PSH-101, when: active, priority: high }
          - { id: PAHH-101, of: PSHH-101, when: active, priority: critical }
        outputs:
          - { id: XV-101, bus: field, line: 22, active: high, pull: down, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ released-line ] }
        annunciators:
          - { id: SIREN, bus: panel, line: 27, active: high, sounds: [ critical, high ], silence: allowed }
          - { id: LAMP, bus: panel, line: 26, active: high, shows: [ critical, high ] }
        trips:
          - { id: close-inlet, cause: PAHH-101, effect: [ XV-101 ], on-bad: { trip-after: 10s }, process-safety-time: 120s, settle: 1s, reset: manual, mode: armed }
        """;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly SimulatedGpioChip _field;
    private readonly SimulatedGpioChip _panel;
    private readonly VirtualNode _node;
    private int _sirenCalls;

    public PanelGoneTests()
    {
        _field = new SimulatedGpioChip(_time);
        _panel = new SimulatedGpioChip(_time) { Driven = (line, high) => _sirenCalls += line == Siren && high ? 1 : 0 };
        foreach (var button in (int[])[5, 12, 13, 16, 19])
        {
            _panel.Set(button, true); // active low: nobody presses
        }

        var site = TestFiles.Load(Text);
        var seams = new Chips(_field, _panel);
        _node = new VirtualNode(site, FieldBuses.All(site, "/", new KeptTotals(), _time, NullLogger.Instance, seams), seams, _time);
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Away_while_the_siren_sounds_a_trip_closes_the_valve_the_verbs_work_and_back_again_the_lamp_shows_the_truth()
    {
        await OpenAsync();
        _field.Set(PressureHigh, true);
        _node.Run(2);
        Assert.True(_sirenCalls > 0);
        _panel.Unplugged = true;
        _node.Run(9);
        Assert.False(_node.NodeAlarm(NodeAlarm.Annunciator).Active);
        _node.Run(3);
        var alarm = _node.NodeAlarm(NodeAlarm.Annunciator);
        Assert.Equal((true, "SIREN: it cannot be driven: line 27: No such device; LAMP: it cannot be driven: line 26: No such device."), (alarm.Active, alarm.Detail));

        _field.Set(PressureVeryHigh, true);
        _node.Run(0.3);
        Assert.False(_field.Level(Valve)); // on another chip, by another writer
        var list = await _node.AskAsync("""{"do":"alarms.list"}""");
        Assert.Equal(["PAH-101", "PAHH-101", "close-inlet.tripped"], Unacknowledged(list));
        Assert.Contains("NODE-ANNUNCIATOR", list.GetProperty("node").EnumerateArray().Select(a => a.GetProperty("id").GetString()));
        Assert.Equal("tripped", (await _node.AskAsync("""{"do":"trips.list"}""")).GetProperty("trips")[0].GetProperty("state").GetString());
        Assert.Equal("done", await OutcomeAsync("""{"do":"panel.silence","ids":["SIREN"]}"""));
        Assert.Equal("done", await OutcomeAsync("""{"do":"alarms.acknowledge","all":true}"""));
        Assert.Empty(Unacknowledged(await _node.AskAsync("""{"do":"alarms.list"}""")));

        // By then the alarms are acknowledged and stand: the lamp is lit without flashing, and the siren has nothing to say.
        _node.Run(60);
        _sirenCalls = 0;
        _panel.Unplugged = false;
        _node.Run(6); // the longest pause between two attempts is 5 s
        Assert.False(_node.NodeAlarm(NodeAlarm.Annunciator).Active);
        Assert.All(Levels(Lamp, 3), Assert.True);
        Assert.Equal(0, _sirenCalls);

        _field.Set(PressureVeryHigh, false);
        _field.Set(PressureHigh, false);
        _node.Run(2);
        Assert.Equal((true, false), (_panel.Level(Lamp), _field.Level(Valve))); // the trip stands until a person resets it
        Press(13);
        Assert.Equal((false, true), (_panel.Level(Lamp), _field.Level(Valve))); // by the key switch of the panel that is back
        _field.Set(PressureHigh, true);
        _node.Run(0.5);
        Assert.True(_panel.Level(Siren));
        Press(5);
        Assert.All(Levels(Siren, 3), Assert.False);
        Assert.Equal(["pressed"], Changes("HS-101"));
    }

    [Fact]
    public async Task Away_while_nothing_is_to_be_shown_it_is_told_all_the_same()
    {
        await OpenAsync();
        _panel.Unplugged = true;
        _node.Run(9);
        Assert.False(_node.NodeAlarm(NodeAlarm.Annunciator).Active);
        _node.Run(3); // driven anew each second
        Assert.True(_node.NodeAlarm(NodeAlarm.Annunciator).Active);
        _panel.Unplugged = false;
        _node.Run(7);
        Assert.Equal((false, false, 0), (_node.NodeAlarm(NodeAlarm.Annunciator).Active, _panel.Level(Lamp), _sirenCalls));
    }

    [Theory]
    [InlineData(5, "HS-101")] // acknowledge
    [InlineData(12, "HS-102")] // silence
    [InlineData(13, Key)]
    [InlineData(16, LampTest)]
    public async Task A_button_that_is_held_meanwhile_is_held_by_nobody_and_no_press_when_the_panel_is_back(int button, string id)
    {
        await OpenAsync();
        _panel.Set(button, false);
        _node.Run(1);
        Assert.Equal(id == LampTest, _panel.Level(Siren));
        _panel.Unplugged = true;
        _node.Run(1);
        Assert.Equal(id == LampTest ? ["pressed", "released"] : ["pressed"], Changes(id));

        // What comes up now nobody has seen at the panel; the trip's cause goes by itself, and is reset by nobody.
        _field.Set(PressureHigh, true);
        _field.Set(PressureVeryHigh, true);
        _node.Run(5);
        _field.Set(PressureVeryHigh, false);
        _node.Run(120);
        _panel.Unplugged = false; // and the finger, or what lies on the button, is still there
        _node.Run(50);
        Assert.Empty(Changes(id));
        Assert.Contains(true, Levels(Siren, 2)); // the alarms that nobody has acknowledged call
        Assert.Contains(false, Levels(Lamp, 2)); // and flash: no lamp test holds them
        Assert.False(_field.Level(Valve));
        Assert.Contains("PAH-101", Unacknowledged(await _node.AskAsync("""{"do":"alarms.list"}""")));
        _node.Run(30);
        Assert.Equal(["stuck"], Changes(id)); // a minute after it was seen again

        _panel.Set(button, true);
        _node.Run(1);
        Assert.Equal(["free"], Changes(id));
        Press(button);
        Assert.Contains("pressed", Changes(id));
        Assert.Equal(id == Key, _field.Level(Valve));
    }

    [Fact]
    public async Task A_key_that_is_turned_meanwhile_keeps_what_it_has_begun_for_its_time_and_ends_it_when_it_is_seen_turned_back()
    {
        await OpenAsync();
        _panel.Set(19, false);
        _node.Run(1);
        var until = _node.Loop.Maintenance!.Value.Left;
        _panel.Unplugged = true;
        _node.Run(600);
        _panel.Unplugged = false;
        _node.Run(2);
        Assert.InRange(_node.Loop.Maintenance!.Value.Left, until - TimeSpan.FromSeconds(605), until - TimeSpan.FromSeconds(600)); // no new time
        _panel.Unplugged = true;
        _node.Run(1);
        _panel.Set(19, true);
        _node.Run(10);
        Assert.NotNull(_node.Loop.Maintenance); // nobody has seen it
        _panel.Unplugged = false;
        _node.Run(1);
        Assert.Null(_node.Loop.Maintenance);

        _panel.Set(19, false);
        _node.Run(1);
        _panel.Unplugged = true;
        _node.Run(7200);
        Assert.Null(_node.Loop.Maintenance); // its time is over, whoever sees the key
    }

    /// <summary>The node runs, a person has reset its trip, and the valve is open; all is at rest.</summary>
    private async Task OpenAsync()
    {
        _node.Run(3);
        await OutcomeAsync("""{"do":"trips.reset","ids":["close-inlet"]}""");
        _node.Run(2);
        Assert.True(_field.Level(Valve));
        _node.Events();
        _sirenCalls = 0;
    }

    private void Press(int button)
    {
        _panel.Set(button, false);
        _node.Run(0.5);
        _panel.Set(button, true);
        _node.Run(0.5);
    }

    private async Task<string?> OutcomeAsync(string request)
    {
        var answer = await _node.AskAsync(request);
        return answer.TryGetProperty("results", out var results) ? results[0].GetProperty("outcome").GetString() : answer.GetRawText();
    }

    private static IEnumerable<string?> Unacknowledged(JsonElement list) =>
        list.GetProperty("alarms").EnumerateArray().Where(a => a.GetProperty("state").GetString() == "unacknowledged").Select(a => a.GetProperty("id").GetString());

    /// <summary>How a line stands, four times a second.</summary>
    private List<bool> Levels(int line, double seconds)
    {
        var levels = new List<bool>();
        for (var i = 0; i < seconds * 4; i++)
        {
            _node.Run(0.25);
            levels.Add(_panel.Level(line));
        }

        return levels;
    }

    /// <summary>What happened to a button since the last call, by the events that the platform gets.</summary>
    private List<string?> Changes(string input) =>
        [.. _node.Events().Where(e => e.TryGetProperty("input", out var its) && its.GetString() == input).Select(e => e.TryGetProperty("change", out var change) ? change.GetString() : "pressed")];

    private sealed class Chips(SimulatedGpioChip field, SimulatedGpioChip panel) : IFieldSeams
    {
        public II2cBus? I2c(I2cBusOptions bus) => null;

        public (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus) => Of(bus) is var chip ? (chip, chip) : null;

        public IGpioChip Outputs(GpioBusOptions bus) => Of(bus);

        private SimulatedGpioChip Of(GpioBusOptions bus) => bus.Id == "panel" ? panel : field;
    }
}
