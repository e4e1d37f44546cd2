namespace EdgeNode.Benchmarks;

/// <summary>A folder beside the program, so that it lies on a disk (/tmp may be memory); empty at the start and gone at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder(string name)
    {
        Path = System.IO.Path.Combine(AppContext.BaseDirectory, "work", name);
        Dispose();
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
