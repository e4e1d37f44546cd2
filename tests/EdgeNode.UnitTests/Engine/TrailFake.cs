using System.Text.Json;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Engine;

/// <summary>What was entered into the audit trail.</summary>
internal sealed class TrailFake : IAudit
{
    public List<(string Who, string What, JsonElement Body)> Entries { get; } = [];

    public void Add(string who, string what, ReadOnlyMemory<byte> body) => Entries.Add((who, what, JsonElement.Parse(body.Span)));
}
