using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway;

/// <summary>Tells nobody.</summary>
internal sealed class NoNodeAlarms : INodeAlarms
{
    public void Set(NodeAlarm alarm, bool active, string detail = "")
    {
    }
}
