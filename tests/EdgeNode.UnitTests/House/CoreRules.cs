using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace EdgeNode.UnitTests.House;

/// <summary>Core is a function of its inputs: no clock, no waiting, no world, and nothing that is remembered outside its objects.</summary>
internal static partial class CoreRules
{
    /// <summary>What a pure file of Core would not name.</summary>
    internal static IEnumerable<string> Purity(SourceFile file) =>
        Forbidden().Matches(file.Code).Select(m => $"{file.Path}: {m.Value.Trim()}");

    /// <summary>Static fields that can change after the type is initialised.</summary>
    internal static IEnumerable<string> MutableStatics(IEnumerable<Type> types) =>
        from type in types
        where !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.StartsWith('<')
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where !field.IsLiteral && (!field.IsInitOnly || IsOpenCollection(field.FieldType))
        where !type.IsEnum
        select $"{type.Name}.{field.Name}";

    /// <summary>A readonly list can still grow; an array stands for a table.</summary>
    private static bool IsOpenCollection(Type type) =>
        type.IsGenericType && type.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent" && !type.IsInterface;

    [GeneratedRegex(@"\b(?:Thread|Task|ValueTask|Timer|Stopwatch|Socket|TcpClient|HttpClient|FileStream|Random|Monitor|Interlocked|Volatile|Console)\b|\b(?:File|Directory|Environment|Process)\.|\bTimeProvider\.System\b|\b(?:DateTime|DateTimeOffset)\.(?:Utc)?Now\b|\basync\b|\bawait\b|\block\s*\(|\bvolatile\b|\[ThreadStatic")]
    private static partial Regex Forbidden();
}
