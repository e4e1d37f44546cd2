namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>What an annunciator is to do from now on. Told when it changes, and for every annunciator in the first step.</summary>
/// <param name="Annunciator">Index into <see cref="Model.Site.Annunciators"/>.</param>
/// <param name="Active">Lit, or sounding.</param>
public readonly record struct AnnunciatorCommand(int Annunciator, bool Active);
