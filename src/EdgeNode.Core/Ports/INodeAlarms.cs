using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>Where the parts of the node tell what is wrong with it; from any thread, never waits.</summary>
public interface INodeAlarms
{
    /// <summary>Raises or clears; telling the same again changes nothing.</summary>
    /// <param name="alarm">Which.</param>
    /// <param name="active">True raises, false clears.</param>
    /// <param name="detail">One sentence of what is wrong, in English, for the log and the platform.</param>
    void Set(NodeAlarm alarm, bool active, string detail = "");
}
