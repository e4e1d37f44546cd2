using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace EdgeNode.SimulationTests.Protection.Planted;

/// <summary>One instruction of one method of the product's core, made another: what a slip of the pen would have made of it.</summary>
/// <param name="Type">Full name, a nested one behind a plus.</param>
/// <param name="Method">Name; the type has one of that name.</param>
/// <param name="From">The instruction, or the name of the operator that is called.</param>
/// <param name="To">What it becomes; as long as the one that was there.</param>
/// <param name="Nth">Which of those in the method, from 0.</param>
internal sealed record Edit(string Type, string Method, string From, string To, int Nth = 0)
{
    private static readonly Dictionary<ushort, OpCode> Codes = typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (ushort)c.Value);

    /// <summary>Makes it in an assembly.</summary>
    /// <exception cref="InvalidOperationException">There is no such method or instruction: the code has changed, and the bug has to be planted anew.</exception>
    public void Apply(byte[] assembly)
    {
        using var file = new PEReader(new MemoryStream(assembly, writable: false));
        var data = file.GetMetadataReader();
        var methods = data.MethodDefinitions.Select(data.GetMethodDefinition).Where(m => data.GetString(m.Name) == Method && Name(data, m.GetDeclaringType()) == Type).ToArray();
        if (methods is not [var method])
        {
            throw new InvalidOperationException($"{Type} has {methods.Length} methods {Method}: the code has changed, the bug has to be planted anew");
        }

        var at = Start(file, assembly, method.RelativeVirtualAddress);
        var (end, seen) = (at + file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!.Length, 0);
        while (at < end)
        {
            var wide = assembly[at] == 0xFE;
            var code = Codes[wide ? (ushort)(0xFE00 | assembly[at + 1]) : assembly[at]];
            var operand = at + code.Size;
            if ((code.Name == From || (code == OpCodes.Call && Called(data, assembly, operand) == From)) && seen++ == Nth)
            {
                Replace(data, assembly, at, code);
                return;
            }

            at = operand + Length(code, assembly, operand);
        }

        throw new InvalidOperationException($"{Type}.{Method} has no {From} number {Nth} any more");
    }

    private void Replace(MetadataReader data, byte[] assembly, int at, OpCode code)
    {
        if (code == OpCodes.Call)
        {
            var called = data.GetMemberReference((MemberReferenceHandle)MetadataTokens.EntityHandle(BitConverter.ToInt32(assembly, at + 1)));
            var other = data.MemberReferences.First(m => data.GetMemberReference(m) is var one && one.Parent == called.Parent && data.GetString(one.Name) == To);
            BitConverter.TryWriteBytes(assembly.AsSpan(at + 1, 4), MetadataTokens.GetToken(other));
            return;
        }

        var to = Codes.Values.Single(c => c.Name == To);
        if (to.Size != code.Size || to.OperandType != code.OperandType)
        {
            throw new InvalidOperationException($"{To} is not as long as {From}");
        }

        assembly[at + code.Size - 1] = (byte)to.Value;
    }

    /// <summary>Where a method's first instruction lies in the file (ECMA-335 II.25.4).</summary>
    private static int Start(PEReader file, byte[] assembly, int address)
    {
        var section = file.PEHeaders.SectionHeaders[file.PEHeaders.GetContainingSectionIndex(address)];
        var header = address - section.VirtualAddress + section.PointerToRawData;
        return header + ((assembly[header] & 3) == 2 ? 1 : 12);
    }

    private static string? Called(MetadataReader data, byte[] assembly, int operand) =>
        MetadataTokens.EntityHandle(BitConverter.ToInt32(assembly, operand)) is { Kind: HandleKind.MemberReference } handle
            ? data.GetString(data.GetMemberReference((MemberReferenceHandle)handle).Name)
            : null;

    private static int Length(OpCode code, byte[] assembly, int operand) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(assembly, operand)),
        _ => 4,
    };

    private static string Name(MetadataReader data, TypeDefinitionHandle handle)
    {
        var type = data.GetTypeDefinition(handle);
        var name = data.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer ? Name(data, outer) + "+" + name : data.GetString(type.Namespace) + "." + name;
    }
}

/// <summary>One cell of one of the core's tables, made another.</summary>
/// <param name="Type">Full name of the table.</param>
/// <param name="Field">Its rows.</param>
/// <param name="Row">Row, or the only index of a table of one.</param>
/// <param name="Column">Column; below 0 for a table of one.</param>
/// <param name="To">The word that comes into it.</param>
internal sealed record Cell(string Type, string Field, int Row, int Column, string To);
