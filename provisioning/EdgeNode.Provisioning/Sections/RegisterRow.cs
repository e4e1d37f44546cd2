using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>One row of <c>registers</c>, in a site file or in a profile: what it is called, what it measures, how it is read.</summary>
/// <param name="Name">Null when faulty.</param>
/// <param name="Unit">Null when faulty.</param>
/// <param name="Scale">Value = raw x scale + offset.</param>
/// <param name="Offset">In the engineering unit.</param>
/// <param name="Options">Of no point yet; null when faulty.</param>
internal sealed record RegisterRow(string? Name, Unit? Unit, double Scale, double Offset, RegisterOptions? Options)
{
    public static RegisterRow Read(SectionReader section, FaultList faults)
    {
        var name = Scalars.Id(section["name"], faults);
        var unit = Amounts.Unit(section["unit"], faults);
        var scale = Numbers.Read(section["scale"], "0.1", faults);
        if (scale == 0)
            faults.Add(section["scale"]!.At, "the scale is 0, so that the value would never change", "value = raw x scale + offset");
        var offset = Numbers.Read(section["offset"], "-40", faults);
        return new RegisterRow(name, unit, scale ?? 1, offset ?? 0, Form(section, faults));
    }

    private static RegisterOptions? Form(SectionReader section, FaultList faults)
    {
        var (function, register) = RegisterPlace.Read(section, "in a register: name, function, register, type, unit", faults);
        var type = RegisterForm.Type(section["type"], faults);
        var order = RegisterForm.Order(section["order"], type, faults);
        var invalid = RegisterForm.Invalid(section["invalid"], type, faults);
        var (firstBit, bitCount) = RegisterForm.Bits(section, type, faults);
        if (register is null || type is null)
            return null;

        var options = new RegisterOptions(-1, Function(function, type.Value), register.Value, type.Value, order, firstBit, bitCount, invalid) { With = RegisterPlace.With(section, type, faults) };
        Check(section, function, options, faults);
        return options;
    }

    /// <summary>The function that is read by, where a fault has left none.</summary>
    public static int Function(int? function, RegisterType type) => function ?? (type == RegisterType.Bit ? 1 : 3);

    /// <summary>Whether the table has such a type, and the registers an end behind it.</summary>
    public static void Check(SectionReader section, int? function, RegisterOptions options, FaultList faults)
    {
        var word = Words.Quoted(((YamlScalar)section["type"]!).Text);
        if (options.Function <= 2 != (options.Type == RegisterType.Bit))
        {
            faults.Add(
                section["type"]!.At,
                $"function {function} does not give {word}",
                "'bit' with function 1 (coils) or 2 (discrete inputs), any other type with 3 or 4");
        }

        if (options.End > ushort.MaxValue + 1)
        {
            faults.Add(
                (section["register"] ?? section["reference"])!.At,
                $"{word} takes {Words.Number(options.End - options.First)} registers{Second(options)}, and register {Words.Number(options.Register)} is too near to the end",
                $"at most {Words.Number(ushort.MaxValue + 1 - options.Count)}");
        }
    }

    /// <summary>In a sentence, behind a number of registers.</summary>
    public static string Second(RegisterOptions register) => register.With is null ? "" : ", its second one included";
}
