namespace EdgeNode.IntegrationTests;
public class Sanity { [Xunit.Fact] public void Runs() => Xunit.Assert.True(Core.Validate.UnitTable.TryFind("bar", out _)); }
