// Every way to build, test and try EdgeNode. Started by ./build.sh TARGET; needs nothing but the .NET 10 SDK.
// `test` also needs the Debian packages listed below and installs those that are missing.
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Xml.Linq;

const string Solution = "EdgeNode.sln";
const string Gateway = "src/EdgeNode.Gateway";
const string X64 = "linux-x64";
const string Arm64 = "linux-arm64";

// What `test` measures against, and what links and runs the two native executables.
string[] debianPackages =
[
    "mosquitto", "mosquitto-clients", "nats-server", "python3-pymodbus", "python3-serial", "python3-serial-asyncio", "socat", "libmodbus-dev",
    "e2fsprogs", "mount", "util-linux", "debootstrap", "systemd-container",
    "clang", "lld", "zlib1g-dev", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user-static",
];

// What `bench` runs its machine with, and builds a module of its kernel with. The machine's own packages are only unpacked into artifacts/.
string[] benchPackages = ["qemu-system-x86", "gcc", "make", "xz-utils", "libelf1", "clang", "lld", "zlib1g-dev"];

// A test assembly that takes longer hangs; it is ended and counts as failed.
var testAssemblies = new (string Name, TimeSpan Limit)[]
{
    ("EdgeNode.UnitTests", TimeSpan.FromMinutes(8)),
    ("EdgeNode.SimulationTests", TimeSpan.FromMinutes(20)),
    ("EdgeNode.IntegrationTests", TimeSpan.FromMinutes(20)),
};

// What `mutate` breaks, and how much of each folder the tests are to notice, in percent.
const string Core = "src/EdgeNode.Core/";
string[] mutatedFolders = ["Vote", "Evaluate", "Act"];
const double LeastKilled = 90;

var target = Argument("target", "help");
var root = Context.Environment.WorkingDirectory.FullPath;
var dotnet = System.Environment.ProcessPath; // the host that runs this script: also right where dotnet is not in its usual place
var passedOn = System.Environment.GetCommandLineArgs().SkipWhile(a => a != "--").Skip(1).ToArray();
var failedLanes = new List<string>();

string Artifact(string path) => $"{root}/artifacts/{path}";
string Native(string rid) => Artifact($"publish/{rid}/edgenode");
string Arm64Root() => Artifact("arm64-root");
string SystemdRoot() => Artifact("systemd-root");

// ---------------------------------------------------------------------------------------------------------------- build

Task("help")
    .Description("lists the targets")
    .Does(() =>
    {
        Console.WriteLine("./build.sh TARGET [-- ARGUMENTS]");
        foreach (var task in Tasks.Where(t => !string.IsNullOrEmpty(t.Description)))
            Console.WriteLine($"  {task.Name,-14}{task.Description}");
        System.Environment.Exit(0); // before Cake's own table
    });

Task("restore")
    .Does(() => DotNetRestore(Solution, new DotNetRestoreSettings { Verbosity = DotNetVerbosity.Quiet }));

Task("build")
    .Description("compiles everything in Release; warnings are errors")
    .IsDependentOn("restore")
    .Does(() => DotNetBuild(Solution, new DotNetBuildSettings
    {
        Configuration = "Release", NoRestore = true, NoLogo = true, Verbosity = DotNetVerbosity.Quiet,
    }));

// ------------------------------------------------------------------------------------------------------------------ try

Task("demo")
    .Description("shows the product working: embedded broker, simulated station, live table  [-- --for 20s --json]")
    .Does(() =>
    {
        BuildForTrial();
        BecomeEdgenode(["demo", .. passedOn]);
    });

Task("run")
    .Description("runs edgenode with the arguments given  -- VERB [OPTIONS]")
    .Does(() =>
    {
        BuildForTrial();
        BecomeEdgenode(passedOn);
    });

// ----------------------------------------------------------------------------------------------------------------- test

Task("test")
    .Description("everything that must be green: both native executables, unit and integration tests (installs Debian packages)")
    .IsDependentOn("build")
    .IsDependentOn("peers")
    .IsDependentOn("publish-x64")
    .IsDependentOn("publish-arm64")
    .IsDependentOn("arm64-root")
    .IsDependentOn("systemd-root")
    .Does(() => RunTests(testAssemblies));

Task("test-unit")
    .Description("the unit tests alone: quick, and nothing is installed")
    .Does(() =>
    {
        DotNetBuild("tests/EdgeNode.UnitTests", new DotNetBuildSettings { Configuration = "Release", NoLogo = true, Verbosity = DotNetVerbosity.Quiet });
        RunTests(testAssemblies[..1]);
    });

Task("smoke")
    .Description("tries both native executables in seconds: --version, check, demo")
    .IsDependentOn("publish")
    .IsDependentOn("arm64-root")
    .Does(() =>
    {
        Smoke(X64, [Native(X64)]);
        Smoke(Arm64, ["qemu-aarch64-static", "-L", Arm64Root(), Native(Arm64)]);
    });

Task("benchmark")
    .Description("prints the figures: size, start, memory, CPU, delays  [-- arguments for the benchmark]")
    .IsDependentOn("build")
    .IsDependentOn("peers")
    .IsDependentOn("publish-x64")
    .Does(() =>
    {
        Become([dotnet, "tests/EdgeNode.Benchmarks/bin/Release/net10.0/EdgeNode.Benchmarks.dll", .. passedOn]);
    });

Task("bench")
    .Description("the virtual bench: edgenode in a machine with real GPIO and I2C of a real kernel  [-- CASE...] (installs Debian packages)")
    .IsDependentOn("bench-packages")
    .IsDependentOn("publish-x64")
    .Does(() =>
    {
        var program = Artifact("bench/bin/edgenode-bench");
        if (FileExists(program))
            DeleteFile(program);
        DotNetPublish("hardware/bench/EdgeNode.VirtualBench", new DotNetPublishSettings
        {
            Configuration = "Release", Runtime = X64, NoRestore = true, NoLogo = true, Verbosity = DotNetVerbosity.Quiet,
            OutputDirectory = Artifact("bench/bin"),
        });
        Must(["hardware/bench/machine/build.sh", Artifact("bench/machine")]);
        var exit = Start(["hardware/bench/machine/run.sh", Artifact("bench/machine"), program, Native(X64), "hardware/bench/site.yaml", "hardware/bench/outputs.yaml", "hardware/wiring/try-board.sh", "--", .. passedOn], limit: TimeSpan.FromMinutes(30));
        if (exit != 0)
            throw new CakeException("the bench is not green, or its machine did not come to the end");
    });

Task("bench-packages")
    .Does(() => Install(benchPackages));

Task("power-cut")
    .Description("cuts the power of the gateway's disk 200 times and prints what was lost; as root  [-- --cycles N --seed N]")
    .IsDependentOn("build")
    .IsDependentOn("peers")
    .IsDependentOn("publish-x64")
    .Does(() => RunCycles("PowerCutTests"));

Task("kill")
    .Description("kills the gateway 200 times and prints what was lost  [-- --cycles N --seed N]")
    .IsDependentOn("build")
    .IsDependentOn("peers")
    .IsDependentOn("publish-x64")
    .Does(() => RunCycles("KillTests"));

Task("simulate")
    .Description("the worlds in a box, long: 300 seeds of store and forward, 200 of the protection, a stop at every write, a day's outage; or one seed, or days of the protection  [-- --seed N --hours H | --days N]")
    .Does(() =>
    {
        DotNetBuild("tests/EdgeNode.SimulationTests", new DotNetBuildSettings { Configuration = "Release", NoLogo = true, Verbosity = DotNetVerbosity.Quiet });
        var (seed, days) = (Option("--seed", ""), Option("--days", ""));
        System.Environment.SetEnvironmentVariable("EDGENODE_SIMULATE", "1");
        System.Environment.SetEnvironmentVariable("EDGENODE_SEED", seed);
        System.Environment.SetEnvironmentVariable("EDGENODE_HOURS", Option("--hours", ""));
        System.Environment.SetEnvironmentVariable("EDGENODE_DAYS", days);
        // A seed is one world of store and forward and one of the protection; what has no seed is left out then. Days are the protection's alone.
        RunShown("EdgeNode.SimulationTests", days != "" ? "EdgeNode.SimulationTests.Shown.PlantWorldTests" : seed != "" ? "*WorldTests" : "EdgeNode.SimulationTests.Shown.*");
    });

Task("fuzz")
    .Description("ten million damaged Modbus frames through the parsers  [-- --frames N --seed N]")
    .Does(() =>
    {
        DotNetBuild("tests/EdgeNode.UnitTests", new DotNetBuildSettings { Configuration = "Release", NoLogo = true, Verbosity = DotNetVerbosity.Quiet });
        System.Environment.SetEnvironmentVariable("EDGENODE_FUZZ_FRAMES", Option("--frames", "10000000"));
        System.Environment.SetEnvironmentVariable("EDGENODE_SEED", Option("--seed", ""));
        RunShown("EdgeNode.UnitTests", "EdgeNode.UnitTests.Modbus.FuzzTests");
    });

Task("laws")
    .Description("the laws of the unit tests (FsCheck) with 20 times the cases, from a new seed  [-- --times N --seed A,B]")
    .Does(() =>
    {
        DotNetBuild("tests/EdgeNode.UnitTests", new DotNetBuildSettings { Configuration = "Release", NoLogo = true, Verbosity = DotNetVerbosity.Quiet });
        System.Environment.SetEnvironmentVariable("EDGENODE_LAW_TIMES", Option("--times", "20"));
        System.Environment.SetEnvironmentVariable("EDGENODE_LAW_SEED", Option("--seed", $"{Random.Shared.NextInt64()},{Random.Shared.NextInt64() | 1}"));
        Say($"{System.Environment.GetEnvironmentVariable("EDGENODE_LAW_TIMES")} times the cases, seed {System.Environment.GetEnvironmentVariable("EDGENODE_LAW_SEED")}");
        RunShown("EdgeNode.UnitTests", "laws", ["-trait", "kind=law"]);
    });

Task("mutate")
    .Description("breaks the protection core in each way that Stryker knows, and counts what no test notices  [-- FOLDER|FILE...]")
    .Does(() =>
    {
        var folders = (passedOn.Length > 0 ? passedOn : mutatedFolders.Where(f => DirectoryExists(Core + f)).ToArray());
        if (folders.FirstOrDefault(f => !DirectoryExists(Core + f) && !FileExists(Core + f)) is { } missing)
            throw new CakeException($"no folder or file {Core}{missing}: name one or more of {string.Join(", ", mutatedFolders)}, or what lies in them");
        var output = Artifact("mutate");
        CleanDirectory(output);
        // Stryker builds, and waits until its build's output is closed: a compiler that stays for the next build would hold it open for ten minutes.
        System.Environment.SetEnvironmentVariable("MSBUILDDISABLENODEREUSE", "1");
        System.Environment.SetEnvironmentVariable("UseSharedCompilation", "false");
        // A mutant that comes to no end is killed with its process, which would leave its diagnostic socket and pipes in the temporary folder for ever.
        System.Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
        // A loop that a mutant makes endless may allocate until the machine has no memory left: beyond 2 GiB (in hexadecimal) its test fails instead. The tests need a tenth of that.
        System.Environment.SetEnvironmentVariable("DOTNET_GCHeapHardLimit", "0x80000000");
        PutLawSeed(); // for the few laws that stand in one class with other tests
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var exit = Start(
        [
            dotnet, "stryker", "--skip-version-check", "--test-case-filter", MutationTests(), "--output", output, .. folders.SelectMany(f => new[] { "--mutate", DirectoryExists(Core + f) ? f + "/**/*.cs" : f }),
        ], "tests/EdgeNode.UnitTests");
        var report = output + "/reports/mutation-report.json";
        if (exit != 0 || !FileExists(report))
            throw new CakeException($"Stryker came to no end: exit code {exit}");
        ShowMutants(report, folders, watch.Elapsed);
    });

// -------------------------------------------------------------------------------------------------------------- publish

Task("publish")
    .Description("native executables for linux-x64 and linux-arm64 into artifacts/publish (installs Debian packages)")
    .IsDependentOn("restore")
    .IsDependentOn("peers")
    .IsDependentOn("publish-x64")
    .IsDependentOn("publish-arm64");

// One after the other: both write the gateway's obj folder.
Task("publish-x64").IsDependentOn("restore").Does(() => Lane("publish-x64", () => Publish(X64)));
Task("publish-arm64").IsDependentOn("restore").Does(() => Lane("publish-arm64", () => Publish(Arm64)));

Task("peers")
    .Description("installs the missing Debian packages that test, publish and benchmark need, as root or with sudo")
    .Does(() => Lane("peers", () => Install(debianPackages)));

// The arm64 executable needs arm64's libc and libssl to run under qemu-user. `dpkg --add-architecture arm64` would also do, but
// it needs root, changes the machine for good, and upgrades its own OpenSSL where the mirror is ahead of it. A package list of
// our own and dpkg-deb -x need no root and touch nothing outside artifacts/.
Task("arm64-root")
    .Does(() => Lane("arm64-root", () =>
    {
        var files = Arm64Root();
        if (FileExists(files + "/.complete"))
            return;
        var apt = Artifact("arm64-apt");
        CleanDirectories([files, apt]);
        EnsureDirectoryExists(apt + "/lists/partial");
        EnsureDirectoryExists(apt + "/cache/archives/partial");
        System.IO.File.WriteAllText(apt + "/status", "");
        string[] aptGet =
        [
            "apt-get", "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64", "-o", "APT::Sandbox::User=",
            "-o", $"Dir::State::Lists={apt}/lists", "-o", $"Dir::State::status={apt}/status", "-o", $"Dir::Cache={apt}/cache",
            "-o", "Debug::NoLocking=1", "-o", "Acquire::Languages=none",
        ];
        Must([.. aptGet, "update"]);
        Must([.. aptGet, "download", "libc6", "libgcc-s1"], apt);
        if (Start([.. aptGet, "download", "libssl3"], apt) != 0)
            Must([.. aptGet, "download", "libssl3t64"], apt); // its name from Debian 13 on
        foreach (var package in GetFiles(apt + "/*.deb"))
            Must(["dpkg-deb", "-x", package.FullPath, files]);
        if (!DirectoryExists(files + "/lib"))
            System.IO.File.CreateSymbolicLink(files + "/lib", "usr/lib"); // from Debian 13 on the packages hold only /usr/lib
        System.IO.File.WriteAllText(files + "/.complete", "");
    }));

// A Debian of the machine's own release, from its own mirror, whose systemd runs the unit of provisioning/systemd. debootstrap takes root.
Task("systemd-root")
    .Does(() =>
    {
        if (FileExists(SystemdRoot() + "/.complete") || System.Environment.UserName != "root")
            return; // without root the tests that need it say so
        CleanDirectory(SystemdRoot());
        const string mirror = "$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)";
        Must(["sh", "-c", $". /etc/os-release && ssl=$(dpkg-query -S '*/libssl.so.3' | head -n 1 | cut -d: -f1) "
            + $"&& debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,$ssl \"$VERSION_CODENAME\" '{SystemdRoot()}' \"{mirror}\" >'{Artifact("systemd-root.log")}'"]);
        System.IO.File.WriteAllText(SystemdRoot() + "/.complete", "");
    })
    .OnError(e => Warning("{0}", $"NOT SHOWN HERE: the gateway under a real systemd, since no Debian root can be made (artifacts/systemd-root.log): {e.Message}. Its tests are skipped."));

TaskTeardown(done => Say($"{done.Task.Name}: {done.Duration.TotalSeconds:F0} s"));

// What these print is edgenode's own, or meant for the reader alone.
if (target is "help" or "demo" or "run" or "benchmark")
    Context.Log.Verbosity = Verbosity.Quiet;

RunTarget(target);

// ---------------------------------------------------------------------------------------------------------- test results

// Runs the assemblies one after the other (the integration tests want the machine for themselves) and adds up their reports.
void RunTests((string Name, TimeSpan Limit)[] assemblies)
{
    PutTestEnvironment();
    PutLawSeed();
    CleanDirectory(Artifact("test-results"));
    var sum = (Passed: 0, Failed: failedLanes.Count, Skipped: 0);
    foreach (var (name, limit) in assemblies)
    {
        var report = Artifact($"test-results/{name}.xml");
        Say($"{name}, at most {limit.TotalMinutes} minutes");
        var exit = Start([dotnet, $"tests/{name}/bin/Release/net10.0/{name}.dll", "-noLogo", "-noColor", "-result-xml", report], limit: limit);
        var (passed, failed, skipped) = Count(report);
        if (failed == 0 && (exit != 0 || passed == 0))
        {
            Error("{0}", $"{name}: exit code {exit}, {passed} passed: the assembly crashed, hung, or holds no test. Counts as failed");
            failed = 1;
        }
        else if (name == "EdgeNode.IntegrationTests" && failed is > 0 and <= MostTriedAgain && PassAlone(name, report, failed))
            (passed, failed) = (passed + failed, 0);

        sum = (sum.Passed + passed, sum.Failed + failed, sum.Skipped + skipped);
        ShowCounts(report);
    }

    foreach (var lane in failedLanes)
        Error("{0}", $"LANE NOT RUN, counts as failed: {lane}");
    var line = $"{sum.Passed} passed, {sum.Failed} failed, {sum.Skipped} skipped";
    System.IO.File.WriteAllText(Artifact("test-results/summary.txt"), line + "\n");
    Console.WriteLine(line);
    if (sum.Failed > 0)
        throw new CakeException("not green: " + line);
}

// Integration tests live in real time beside real peers, and a build machine shares its cores with others. A few that fail there are tried
// once more, alone, and named either way: a fault of the product fails again, a machine that stood still for a while does not.
const int MostTriedAgain = 3;

bool PassAlone(string name, string report, int count)
{
    var tests = XDocument.Load(report).Descendants("test").Where(t => (string)t.Attribute("result") == "Fail").ToArray();
    if (tests.Length != count)
        return false; // an error outside of a test
    var methods = tests.Select(t => $"{(string)t.Attribute("type")}.{(string)t.Attribute("method")}").Distinct().ToArray();
    Warning("{0}", $"FAILED BESIDE OTHERS, tried once more alone: {string.Join(", ", methods)}");
    var second = Artifact($"test-results/{name}.again.xml");
    string[] command = [dotnet, $"tests/{name}/bin/Release/net10.0/{name}.dll", "-noLogo", "-noColor", "-maxThreads", "1", "-result-xml", second];
    var exit = Start([.. command, .. methods.SelectMany(m => new[] { "-method", m })], limit: TimeSpan.FromMinutes(5));
    var (passed, failed, _) = Count(second);
    var good = exit == 0 && failed == 0 && passed >= count;
    Warning("{0}", good ? $"UNSTABLE: {string.Join(", ", methods)} failed beside others and passed alone; counts as passed" : "failed again");
    return good;
}

// The crash tests, as often as wanted, with their figures on the terminal.
void RunCycles(string testClass)
{
    PutTestEnvironment();
    System.Environment.SetEnvironmentVariable("EDGENODE_CYCLES", Option("--cycles", "200"));
    System.Environment.SetEnvironmentVariable("EDGENODE_SEED", Option("--seed", ""));
    RunShown("EdgeNode.IntegrationTests", $"EdgeNode.IntegrationTests.PowerCut.{testClass}");
}

string Option(string name, string otherwise) => passedOn.SkipWhile(a => a != name).Skip(1).FirstOrDefault(otherwise);

// Some tests of an assembly, with what they print: the classes of that name, or what else the filter says.
void RunShown(string assembly, string name, string[] filter = null)
{
    var report = Artifact($"test-results/{name.TrimEnd('*', '.')}.xml");
    EnsureDirectoryExists(Artifact("test-results"));
    var exit = Start(
    [
        dotnet, $"tests/{assembly}/bin/Release/net10.0/{assembly}.dll", "-noLogo", "-noColor", "-showLiveOutput", .. filter ?? ["-class", name], "-result-xml", report,
    ]);
    var (passed, failed, skipped) = Count(report);
    if (exit != 0 || failed > 0 || skipped > 0 || passed == 0)
        throw new CakeException($"not shown: exit code {exit}, {passed} passed, {failed} failed, {skipped} skipped");
}

// How much was gone through by the tests that go through all there is: of what they have written, the lines that begin with this word.
void ShowCounts(string report)
{
    const string word = "counted: ";
    if (!FileExists(report))
        return;
    foreach (var test in XDocument.Load(report).Descendants("test").OrderBy(t => (string)t.Attribute("name"), StringComparer.Ordinal))
        foreach (var line in ((string)test.Element("output") ?? "").Split('\n').Where(l => l.StartsWith(word, StringComparison.Ordinal)))
            Console.WriteLine($"  {((string)test.Attribute("type")).Split('.').Last()}: {line[word.Length..].TrimEnd()}");
}

(int Passed, int Failed, int Skipped) Count(string report)
{
    if (!FileExists(report))
        return (0, 0, 0);
    var assemblies = XDocument.Load(report).Descendants("assembly").ToArray();
    int Sum(string attribute) => assemblies.Sum(a => (int?)a.Attribute(attribute) ?? 0);
    return (Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped"));
}

// The unit tests that name one of the folders, and those of alarms, trips and votes, which may come by the station alone: all unit tests for each of some
// 2,000 mutants would take days. And without the patterns of four members, which take seconds: what those of three do not notice, they have not noticed
// either, nor the histories of two and three, which take minutes once they are instrumented; and without those that wait a second for a thread, half of the time of all. And without the laws: they draw new cases each time, so that a mutant which only they notice would be killed in one run and survive in the next.
string MutationTests()
{
    var used = new Regex($@"^using (?:static )?EdgeNode\.Core\.(?:{string.Join('|', mutatedFolders)})\b", RegexOptions.Multiline);
    var classes = GetFiles("tests/EdgeNode.UnitTests/*/**/*.cs").Select(f => (Text: System.IO.File.ReadAllText(f.FullPath), Folder: f.GetDirectory().GetDirectoryName()))
        .Where(f => used.IsMatch(f.Text) || f.Folder is "Alarms" or "Trips" or "Voting").Select(f => f.Text)
        .Where(text => Regex.IsMatch(text, @"\[(?:Fact|Theory)\b"))
        .Select(text => $"{Regex.Match(text, @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value}.{Regex.Match(text, @"^public (?:sealed )?class (\w+)", RegexOptions.Multiline).Groups[1].Value}.")
        .Order(StringComparer.Ordinal).ToArray();
    Say($"{classes.Length} test classes: {string.Join(", ", classes.Select(c => c.Trim('.').Split('.').Last()))}");
    string[] slow = ["members: 4", "members: 2, of", "members: 3, of", "ThreadDeathTests", "StopTests", "One_that_cannot_be_driven_then_is_named"];
    return $"({string.Join('|', classes.Select(c => "FullyQualifiedName~" + c))}){string.Concat(slow.Select(s => "&DisplayName!~" + s))}";
}

// What Stryker found, by folder, and each mutant that no test noticed. One that was ended after half a minute counts as noticed, since a station that stands still is; it is
// named all the same, because a machine that is too busy makes one of any mutant.
void ShowMutants(string report, string[] folders, TimeSpan took)
{
    var explained = System.IO.File.ReadAllLines(Core + "Mutants.md");
    var seen = new Dictionary<string, int>();
    using var json = JsonDocument.Parse(System.IO.File.ReadAllText(report));
    var mutants = json.RootElement.GetProperty("files").EnumerateObject().SelectMany(file =>
    {
        var path = file.Name.Replace('\\', '/').Split(Core).Last();
        var lines = file.Value.GetProperty("source").GetString().Split('\n');
        return file.Value.GetProperty("mutants").EnumerateArray().Select(m => (
            Path: path, Status: m.GetProperty("status").GetString(), Line: m.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
            Was: Mutated(lines, m.GetProperty("location")), Is: OneLine(m.GetProperty("replacement").GetString())));
    }).ToArray();
    var low = new List<string>();
    var unexplained = 0;
    foreach (var m in mutants.Where(m => m.Status is "Survived" or "NoCoverage" or "Timeout").OrderBy(m => m.Path, StringComparer.Ordinal).ThenBy(m => m.Line))
    {
        var known = m.Status == "Timeout" || ++CollectionsMarshal.GetValueRefOrAddDefault(seen, $"{m.Path} {m.Was} {m.Is}", out _) <= Explained(System.IO.Path.GetFileName(m.Path), m.Was, m.Is);
        unexplained += known ? 0 : 1;
        Console.WriteLine($"{(m.Status == "Timeout" ? "stood still" : known ? "explained" : "NOT EXPLAINED")}  {m.Status.ToLowerInvariant()}  {m.Path}:{m.Line}  `{m.Was}`  ->  `{m.Is}`");
    }

    // A row is of one place in its file, or of as many as it says: `FILE` (3).
    int Explained(string file, string was, string now) => explained
        .Select(row => Regex.Match(row, @"^\| `" + Regex.Escape(file) + @"`(?: \((\d+)\))? \| (.*)$"))
        .Where(row => row.Success && row.Groups[2].Value.StartsWith($"`{was}` | `{now}` |", StringComparison.Ordinal))
        .Sum(row => row.Groups[1].Success ? int.Parse(row.Groups[1].Value) : 1);

    Console.WriteLine($"{"",-10}{"mutants",10}{"killed",10}{"timeout",10}{"survived",10}{"uncovered",10}{"score",10}");
    foreach (var folder in folders)
    {
        int Of(string status) => mutants.Count(m => m.Status == status && (m.Path == folder || m.Path.StartsWith(folder + "/", StringComparison.Ordinal)));
        var (killed, timeout, survived, uncovered) = (Of("Killed"), Of("Timeout"), Of("Survived"), Of("NoCoverage"));
        var all = killed + timeout + survived + uncovered;
        var score = all == 0 ? 100 : 100.0 * (killed + timeout) / all; // a folder of plain records has nothing to change
        Console.WriteLine($"{folder,-10}{all,10}{killed,10}{timeout,10}{survived,10}{uncovered,10}{score,9:F1}%");
        if (score < LeastKilled)
            low.Add($"{folder} {score:F1} %");
    }

    Console.WriteLine($"in {took.TotalMinutes:F1} min; a mutant that does not compile is not counted");
    if (low.Count > 0)
        throw new CakeException($"below {LeastKilled} %: {string.Join(", ", low)}. Each line above is a test that is missing, or a mutant that {Core}Mutants.md should explain");
    if (unexplained > 0)
        throw new CakeException($"{unexplained} not explained: each is a test that is missing, or a mutant that {Core}Mutants.md should explain");
}

string Mutated(string[] lines, JsonElement location)
{
    (int Line, int Column) At(string end) => (location.GetProperty(end).GetProperty("line").GetInt32() - 1, location.GetProperty(end).GetProperty("column").GetInt32() - 1);
    var (from, to) = (At("start"), At("end"));
    var text = from.Line == to.Line ? lines[from.Line][from.Column..to.Column]
        : string.Join(' ', [lines[from.Line][from.Column..], .. lines[(from.Line + 1)..to.Line], lines[to.Line][..to.Column]]);
    return OneLine(text);
}

// As a cell of a table can hold it.
string OneLine(string code)
{
    var line = string.Join(' ', code.Split((char[])null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|");
    return line.Length <= 90 ? line : line[..90] + "...";
}

// A part of `test` that cannot run must not hide the others, and must not pass either.
void Lane(string name, Action work)
{
    try
    {
        work();
    }
    catch (Exception e) when (target == "test")
    {
        failedLanes.Add($"{name}: {e.Message}");
        Error("{0}", $"{name} cannot run: {e.Message}");
    }
}

// Where the integration tests find what was published. A test whose file is missing fails and says so.
void PutTestEnvironment()
{
    System.Environment.SetEnvironmentVariable("EDGENODE_BINARY", Native(X64));
    System.Environment.SetEnvironmentVariable("EDGENODE_ARM64", Native(Arm64));
    System.Environment.SetEnvironmentVariable("EDGENODE_ARM64_ROOT", Arm64Root());
    System.Environment.SetEnvironmentVariable("EDGENODE_SYSTEMD_ROOT", SystemdRoot());
}

// The laws draw other cases with each commit, and the same wherever it is tested: a red build is red for everybody. Without a repository they draw the same ones always.
void PutLawSeed()
{
    var commit = OnPath("git") ? Said(["git", "-C", root, "rev-parse", "HEAD"]) : "";
    long Part(int from) => commit.Length >= 30 ? Convert.ToInt64(commit.Substring(from, 15), 16) : 20261122;
    System.Environment.SetEnvironmentVariable("EDGENODE_LAW_SEED", $"{Part(0)},{Part(15) | 1}");
    System.Environment.SetEnvironmentVariable("EDGENODE_LAW_TIMES", "");
}

// Debian packages into this machine; those that it has are left alone.
void Install(string[] packages)
{
    var missing = packages.Where(p => !IsInstalled(p)).ToArray();
    if (missing.Length == 0)
        return;
    var list = string.Join(' ', missing);
    string[] asRoot = geteuid() == 0 ? [] : ["sudo", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL"];
    if (!OnPath("apt-get") || (asRoot.Length > 0 && !OnPath("sudo")))
        throw new CakeException($"missing here: {list}; they are installed with apt-get as root or with sudo, and that is not possible on this machine. ./build.sh test-unit needs none of them");
    Say($"installing through apt-get: {list}");
    System.Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    // The tests start their own brokers on free ports; the package would start one for the whole machine.
    System.Environment.SetEnvironmentVariable("RUNLEVEL", "1");
    foreach (var service in missing.Intersect(["mosquitto", "nats-server"]).Where(_ => OnPath("systemctl")))
    {
        Say($"the {service} service stays masked; `systemctl unmask {service}` makes it a service of this machine");
        Must([.. asRoot, "systemctl", "mask", service + ".service"]);
    }

    Must([.. asRoot, "apt-get", "-qq", "update"]);
    Must([.. asRoot, "apt-get", "-qq", "install", "-y", "--no-install-recommends", .. missing]);
}

void Publish(string rid)
{
    if (FileExists(Native(rid)))
        DeleteFile(Native(rid)); // a failed publish must not leave yesterday's for the tests
    // The solution's restore already covers both runtimes; a restore for one alone would rewrite the lock files.
    DotNetPublish(Gateway, new DotNetPublishSettings
    {
        Configuration = "Release", Runtime = rid, NoRestore = true, NoLogo = true, Verbosity = DotNetVerbosity.Quiet,
        OutputDirectory = Artifact($"publish/{rid}"),
    });
    Say($"{rid}: {new System.IO.FileInfo(Native(rid)).Length / 1e6:F1} MB");
}

void Smoke(string rid, string[] edgenode)
{
    Must([.. edgenode, "--version"]);
    var sites = GetFiles("provisioning/examples/*.yaml").ToArray();
    if (sites.Length == 0)
        throw new CakeException("no site file in provisioning/examples");
    foreach (var site in sites)
        Must([.. edgenode, "check", "--site", site.FullPath]);
    Must([.. edgenode, "demo", "--for", "10s", "--json"]);
    Say($"{rid}: --version, check and a demo of 10 s passed");
}

// The quickest build that shows the product: one project, Debug, no analyzers, and without the packages that only a native
// build needs (15 MB to fetch instead of 190). The lock file lies in obj, since the committed ones cover the native build.
void BuildForTrial()
{
    Console.Error.WriteLine("building edgenode (about half a minute the first time) ...");
    Must([
        dotnet, "msbuild", Gateway, "-restore", "-nologo", "-v:q", "-tl:off", "-p:Configuration=Debug", "-p:RunAnalyzers=false",
        "-p:PublishAot=false", "-p:RuntimeIdentifiers=", "-p:NuGetLockFilePath=obj/trial.lock.json",
    ], toStandardError: true);
}

// ------------------------------------------------------------------------------------------------------------- processes

int Start(string[] command, string directory = null, TimeSpan? limit = null, bool toStandardError = false)
{
    var start = new System.Diagnostics.ProcessStartInfo(command[0], command[1..])
    {
        WorkingDirectory = directory ?? root, RedirectStandardOutput = toStandardError,
    };
    using var process = System.Diagnostics.Process.Start(start);
    if (toStandardError)
        process.StandardOutput.BaseStream.CopyTo(Console.OpenStandardError());
    if (!process.WaitForExit(limit ?? Timeout.InfiniteTimeSpan))
    {
        Error("{0}", $"{command[0]} is ended after {limit}");
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    return process.ExitCode;
}

void Must(string[] command, string directory = null, bool toStandardError = false)
{
    var exit = Start(command, directory, null, toStandardError);
    if (exit != 0)
        throw new CakeException(exit, $"exit code {exit}: {string.Join(' ', command)}");
}

void BecomeEdgenode(string[] arguments)
{
    var program = $"{root}/{Gateway}/bin/Debug/net10.0/edgenode.dll";
    // Relative paths on the command line mean the folder in which it was typed.
    System.IO.Directory.SetCurrentDirectory(EnvironmentVariable("EDGENODE_CALLED_FROM", root));
    Become([dotnet, program, .. arguments]);
}

// Replaces this process, so that the terminal, Ctrl-C and the exit code are the program's own.
void Become(string[] command)
{
    execvp(command[0], [.. command, null]);
    throw new CakeException($"{command[0]} cannot be started: error {Marshal.GetLastPInvokeError()}");
}

[DllImport("libc", SetLastError = true)]
static extern int execvp(string file, string[] arguments);

[DllImport("libc")]
static extern uint geteuid();

void Say(string text) => Information("{0}", text);

bool OnPath(string program) => Context.Tools.Resolve(program) != null;

bool IsInstalled(string package) => OnPath("dpkg-query") && Said(["dpkg-query", "-W", "-f", "${db:Status-Status}", package]) == "installed";

// What a short command prints; its errors are left out.
string Said(string[] command)
{
    using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardOutput = true, RedirectStandardError = true,
    });
    var said = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return said.Trim();
}
