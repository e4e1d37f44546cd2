using System.Globalization;
using EdgeNode.Core.Model;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>scan modbus</c> prints.</summary>
internal static class ScanModbusReport
{
    public static void Show(ScanSurvey survey)
    {
        if (!survey.Found.IsEmpty)
        {
            var table = new Table().RoundedBorder().AddColumns("Unit", "Answers with", "Says", "Profile");
            foreach (var unit in survey.IsAlike ? survey.Found.Take(1) : survey.Found)
            {
                table.AddRow(
                    string.Create(CultureInfo.InvariantCulture, $"{unit.Address}{(survey.Lines.Count > 1 ? $" at {ScanText.Setting(unit.Line)}" : "")}"),
                    ScanText.Answer(unit),
                    Markup.Escape(ScanText.Said(unit)),
                    unit.Profiles.IsEmpty ? "not recognised" : string.Join(" or ", unit.Profiles));
            }

            AnsiConsole.Write(table);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ScanText.Peer(survey.Lines[0])}: {(survey.Found.Length == 1 ? "1 unit answers" : $"{survey.Found.Length} units answer")}, {survey.Found.Count(u => u.Profiles.Length == 1)} recognised, in {survey.Took.TotalSeconds:0.0} s."));
        foreach (var note in survey.Notes())
        {
            Console.WriteLine(note);
        }

        if (survey.Fault is { } fault)
        {
            Console.Error.WriteLine(fault);
        }
    }

    public static void WriteJson(ScanSurvey survey) => JsonOutput.Write(json =>
    {
        json.WriteString("line", ScanText.Peer(survey.Lines[0]));
        json.WriteNumber("addresses", survey.Addresses.Count);
        json.WriteBoolean("complete", survey.Complete);
        json.WriteNumber("seconds", Math.Round(survey.Took.TotalSeconds, 3));
        json.WriteStartArray("units");
        foreach (var unit in survey.Found)
        {
            json.WriteStartObject();
            json.WriteNumber("address", unit.Address);
            Setting(unit.Line);
            json.WriteNumber("function", unit.Function);
            json.WriteString("answer", unit.Answer.ToString());
            json.WriteStartObject("identification");
            foreach (var (number, text) in unit.Objects)
            {
                json.WriteString(number.ToString(CultureInfo.InvariantCulture), text);
            }

            json.WriteEndObject();
            json.WriteString("serverId", unit.ServerId);
            json.WriteStartArray("profiles");
            foreach (var profile in unit.Profiles)
            {
                json.WriteStringValue(profile);
            }

            json.WriteEndArray();
            json.WriteString("recognisedBy", unit.By);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("unclear");
        foreach (var (line, address) in survey.Unclear)
        {
            json.WriteStartObject();
            json.WriteNumber("address", address);
            Setting(line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in survey.Notes())
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        json.WriteString("fault", survey.Fault);

        void Setting(BusOptions line)
        {
            if (line is ModbusRtuBusOptions rtu)
            {
                json.WriteNumber("baud", rtu.Baud);
                json.WriteString("format", ScanText.Format(rtu.Format));
            }
        }
    });
}
