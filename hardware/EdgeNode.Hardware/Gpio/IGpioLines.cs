using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>The levels of the lines of one GPIO chip. One thread at a time calls it. What fails says so by its result; nothing throws.</summary>
public interface IGpioLines : IDisposable
{
    /// <summary>Why the last call failed, in a few words.</summary>
    string Fault { get; }

    /// <summary>Takes a line as an input; again, when it has been taken already.</summary>
    /// <param name="line">Offset on the chip.</param>
    /// <param name="pull">Resistor inside the chip.</param>
    bool TryOpenInput(int line, LinePull pull);

    /// <summary>The level of a line that was taken.</summary>
    /// <param name="line">Offset on the chip.</param>
    /// <param name="high">The electrical level, whichever of both is active.</param>
    bool TryRead(int line, out bool high);

    /// <summary>Gives all lines back; the next call begins anew, with a chip that was plugged in again, say.</summary>
    void Close();
}
