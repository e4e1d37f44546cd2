namespace EdgeNode.UnitTests;
public class Sanity { [Fact] public void Runs() => Assert.True(Core.Validate.UnitTable.TryFind("bar", out _)); }
