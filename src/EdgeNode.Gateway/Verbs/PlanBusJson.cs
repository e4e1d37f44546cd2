using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Gateway.Verbs;

/// <summary>How busy the buses are, for programs.</summary>
internal static class PlanBusJson
{
    public static void Write(Utf8JsonWriter json, SitePlan plan)
    {
        json.WriteStartArray("buses");
        foreach (var bus in plan.Buses)
        {
            json.WriteStartObject();
            json.WriteString("id", bus.Options.Id);
            json.WriteString("kind", Kind(bus.Options));
            json.WriteNumber("devices", bus.Devices);
            if (bus.Modbus is { } modbus)
            {
                Modbus(json, plan.Site, modbus);
            }
            else if (bus.Chips is { } chips)
            {
                json.WriteNumber("bitsPerSecond", ChipLoad.BitsPerSecond);
                json.WriteNumber("duty", Share(chips.Duty));
                json.WriteNumber("slowestSeconds", Seconds(chips.Slowest));
                json.WriteStartArray("chips");
                foreach (var (address, share) in chips.Chips)
                {
                    json.WriteStartObject();
                    json.WriteNumber("address", address);
                    json.WriteNumber("share", Share(share));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Modbus(Utf8JsonWriter json, Site site, ModbusLoad load)
    {
        json.WriteNumber("units", load.Units);
        json.WriteNumber("requestsPerRound", load.RoundRequests);
        json.WriteNumber("bytesPerRound", load.Devices.Sum(d => d.Bytes));
        json.WriteNumber("silenceSeconds", Seconds(load.Silence));
        json.WriteNumber("turnAroundSeconds", Seconds(load.TurnAround));
        json.WriteNumber("turnAroundLimitSeconds", Seconds(load.TurnAroundLimit));
        json.WriteNumber("roundSeconds", Seconds(load.Round));
        json.WriteNumber("duty", Share(load.Duty));
        json.WriteStartArray("dead");
        foreach (var dead in PlanBusText.Cases(load))
        {
            var its = load.With(dead);
            json.WriteStartObject();
            json.WriteNumber("units", dead);
            json.WriteNumber("roundSeconds", Seconds(its.Round));
            json.WriteNumber("probedRoundSeconds", Seconds(its.ProbedRound));
            json.WriteNumber("firstRoundSeconds", Seconds(its.FirstRound));
            json.WriteNumber("duty", Share(its.Duty));
            json.WriteStartArray("late");
            foreach (var device in its.Late)
            {
                json.WriteStringValue(site.Devices[device].Id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Kind(BusOptions bus) => bus switch
    {
        ModbusTcpBusOptions => "modbus-tcp",
        ModbusRtuBusOptions => "modbus-rtu",
        ModbusRtuOverTcpBusOptions => "modbus-rtu-over-tcp",
        I2cBusOptions => "i2c",
        GpioBusOptions => "gpio",
        _ => "sysfs",
    };

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 6);

    private static double Share(double share) => Math.Round(share, 4);
}
