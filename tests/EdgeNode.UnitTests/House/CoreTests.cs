using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.House;

public class CoreTests
{
    [Fact]
    public void Core_names_no_clock_no_thread_and_no_file() => Faults.None(Repository.Core.SelectMany(CoreRules.Purity));

    [Theory]
    [InlineData("Thread.Sleep(5);")]
    [InlineData("var now = TimeProvider.System.GetUtcNow();")]
    [InlineData("File.ReadAllText(path);")]
    [InlineData("async Task Run() { }")]
    [InlineData("lock (this) { }")]
    [InlineData("new Random(1);")]
    public void A_touch_of_the_world_is_a_fault(string code) => Assert.NotEmpty(CoreRules.Purity(new SourceFile("src/EdgeNode.Core/Vote/A.cs", code)));

    [Fact]
    public void A_comment_may_speak_of_the_world() =>
        Assert.Empty(CoreRules.Purity(new SourceFile("src/EdgeNode.Core/Vote/A.cs", "// No Thread, no File.Open here.\nvar s = \"Task\"; /* lock (x) */")));

    [Fact]
    public void Core_remembers_nothing_in_statics() => Faults.None(CoreRules.MutableStatics(typeof(Site).Assembly.GetTypes()));

    [Fact]
    public void A_static_that_can_change_is_a_fault() => Assert.Equal(["Counting.Count", "Counting.Seen"], CoreRules.MutableStatics([typeof(Counting)]).Order());

    private static class Counting
    {
        internal const int Limit = 3;
        internal static readonly List<int> Seen = [];
        internal static readonly string Name = "readonly";
        internal static int Count = Limit;
    }
}
