namespace EdgeNode.Engine;

/// <summary>What a writer does before what; the last is the most urgent.</summary>
internal enum DriveRank
{
    /// <summary>Nothing is to be done.</summary>
    None,

    /// <summary>It is driven although nothing has changed.</summary>
    Again,

    /// <summary>A new command.</summary>
    New,

    /// <summary>It was driven, and what the device does since is still to be read.</summary>
    ReadBack,

    /// <summary>It is to be safe, and is driven although nothing has changed.</summary>
    SafeAgain,

    /// <summary>It goes safe, and did not take its last command: what is well goes before it, since a dead device costs a timeout.</summary>
    SafeOfFailing,

    /// <summary>It goes safe.</summary>
    Safe,
}

/// <summary>What is to be done with a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Rank">How urgent it is.</param>
/// <param name="Energised">What it is driven to.</param>
/// <param name="Version">The command that this is.</param>
/// <param name="Hurries">How often anything of the bus had to go safe before this was chosen.</param>
internal readonly record struct DueDrive(DrivenSlot Slot, DriveRank Rank, bool Energised, int Version, int Hurries);
