using System.Reflection;
using System.Runtime.Loader;

namespace EdgeNode.SimulationTests.Protection.Planted;

/// <summary>
/// The product and the world a second time in this process, with a bug inside of Vote, Evaluate or Act: the assembly as it was built, with one instruction or one cell of a table
/// changed while it is loaded. The product itself has no switch for it, and the first copy, by which all other tests go, stays as it is.
/// </summary>
internal sealed class PlantedCore : AssemblyLoadContext
{
    private readonly Edit[] _edits;
    private readonly Assembly _core;

    /// <param name="edits">Instructions to change.</param>
    /// <param name="cells">Cells of tables to change.</param>
    public PlantedCore(Edit[] edits, Cell[] cells)
        : base(isCollectible: true)
    {
        _edits = edits;
        _core = LoadFromAssemblyName(new AssemblyName("EdgeNode.Core"));
        foreach (var cell in cells)
        {
            var rows = (Array)_core.GetType(cell.Type, throwOnError: true)!.GetField(cell.Field, BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
            var (row, at) = cell.Column < 0 ? (rows, cell.Row) : ((Array)rows.GetValue(cell.Row)!, cell.Column);
            var word = row.GetType().GetElementType()!;
            row.SetValue(Enum.Parse(Nullable.GetUnderlyingType(word) ?? word, cell.To), at);
        }
    }

    /// <summary>Plays a seed in the copy.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="hours">Virtual hours.</param>
    /// <param name="acknowledging">With <see cref="AcknowledgeOften"/>, and without (9), which would find what happens to an alarm before (8) is asked.</param>
    /// <returns>The first finding, or null; the virtual hours that were played; the hash of all its steps.</returns>
    public (string? Finding, double Hours, ulong Trace) Play(int seed, double hours, bool acknowledging = false)
    {
        var run = LoadFromAssemblyName(typeof(PlantedCore).Assembly.GetName()).GetType(typeof(PlantedCore).FullName!)!.GetMethod(nameof(PlayHere), BindingFlags.NonPublic | BindingFlags.Static)!;
        Assert.NotEqual(typeof(PlantedCore), run.DeclaringType);
        return ((string?, double, ulong))run.Invoke(null, [seed, hours, acknowledging])!;
    }

    /// <summary>Somebody acknowledges the flow's alarm each half minute: the seed's people seldom come while it is active.</summary>
    public static void AcknowledgeOften(PlantWorld world) => world.Later(TimeSpan.FromSeconds(30), 42, () =>
    {
        world.Operator.Acknowledge(world.Site.Alarms.IndexOf(world.Site.Alarms.First(a => a.Id == "FAL-101")));
        AcknowledgeOften(world);
    });

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name?.StartsWith("EdgeNode.", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var path = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
        if (assemblyName.Name != "EdgeNode.Core")
        {
            return LoadFromAssemblyPath(path);
        }

        var image = File.ReadAllBytes(path);
        foreach (var edit in _edits)
        {
            edit.Apply(image);
        }

        return LoadFromStream(new MemoryStream(image));
    }

    /// <summary>Called in the copy: all types here are the copy's, but for those of the framework.</summary>
    private static (string? Finding, double Hours, ulong Trace) PlayHere(int seed, double hours, bool acknowledging)
    {
        var world = LivedPlant.Play(seed, TimeSpan.FromHours(hours), before: one =>
        {
            one.Watch.WatchesConditions = !acknowledging;
            if (acknowledging)
            {
                AcknowledgeOften(one);
            }
        });
        return (world.Watch.Findings.FirstOrDefault(), world.Clock.Now.TotalHours, world.Trace.Hash);
    }
}
