namespace EdgeNode.Gateway.Demo;

/// <summary>One act of the story: what is told, and what must come true.</summary>
/// <param name="Id">Its name in the account.</param>
/// <param name="Text">Told when it begins.</param>
/// <param name="Play">Called again and again until it says what it saw; null: not yet.</param>
internal sealed record StoryAct(string Id, string Text, Func<StoryStage, Task<string?>> Play)
{
    public StoryAct(string id, string text, Func<StoryStage, string?> see)
        : this(id, text, stage => Task.FromResult(see(stage)))
    {
    }

    /// <summary>How long it may take; generous, since a busy machine is no fault of the story.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is looked at; a person presses a button more slowly than that.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>What became of an act.</summary>
/// <param name="Id">Its name.</param>
/// <param name="At">When it was seen, or given up, since the start.</param>
/// <param name="Text">What was told.</param>
/// <param name="Seen">What was seen; null: it did not happen.</param>
internal sealed record StoryEntry(string Id, TimeSpan At, string Text, string? Seen);
