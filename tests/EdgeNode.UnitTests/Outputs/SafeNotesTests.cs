using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Verbs;
using EdgeNode.UnitTests.Engine;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What <c>outputs safe</c> did without a gateway comes into the audit trail with the gateway's next run.</summary>
public sealed class SafeNotesTests : IDisposable
{
    private static readonly SourceTime At = new(1_795_374_600_250_000, ClockQuality.Unsynchronised);
    private static readonly SafeOutcome Closed = new("XV-101", "closed", new OutputResult(true, false, ""), "closed");

    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-notes-").FullName;
    private readonly TrailFake _trail = new();

    private string[] Files => Directory.GetFiles(_data);

    [Fact]
    public async Task Each_output_is_an_entry_that_says_who_when_why_and_what_became_of_it()
    {
        var stuck = new SafeOutcome("P-102", "stopped", new OutputResult(false, null, new string('x', 300)), null);
        var other = new SafeOutcome("XV-103", "closed", new OutputResult(true, true, ""), "open");
        Assert.Null(SafeNotes.Leave(_data, "smell of gas", [Closed, stuck, other], At));
        Assert.Empty(_trail.Entries);
        await EnterAsync();
        Assert.Empty(Files);
        Assert.Equal([(HandsPeer.Own().Name, "output-safe"), (HandsPeer.Own().Name, "output-safe"), (HandsPeer.Own().Name, "output-safe")], _trail.Entries.Select(e => (e.Who, e.What)));
        Assert.Equal(
            $$"""{"id":"XV-101","outcome":"done","why":"smell of gas","uid":{{HandsPeer.OwnUid}},"pid":{{Environment.ProcessId}},"alone":true,"at":1795374600.25,"clock":"unsynchronised"}""",
            _trail.Entries[0].Body.GetRawText());
        Assert.Equal([("unknown", new string('x', 200)), ("unknown", "it reads back open")], _trail.Entries.Skip(1).Select(e => (Text(e.Body, "outcome"), Text(e.Body, "said"))));
    }

    [Fact]
    public async Task A_note_is_taken_away_only_once_its_entries_are_on_the_disk()
    {
        SafeNotes.Leave(_data, "", [Closed], At);
        await SafeNotes.EnterAsync(_data, _trail, () => _trail.Entries.Count == 0, () => _trail.Entries.Count > 0);
        Assert.Single(_trail.Entries);
        Assert.Single(Files);
        await SafeNotes.EnterAsync(_data, _trail, () => false, () => true); // the trail takes nothing, and the gateway stops
        Assert.Single(_trail.Entries);
        Assert.Single(Files);
        await EnterAsync();
        Assert.Equal(_trail.Entries[0].Body.GetRawText(), _trail.Entries[1].Body.GetRawText());
        Assert.Empty(Files);
    }

    [Fact]
    public async Task The_notes_are_bounded_and_the_first_are_kept()
    {
        for (var i = 0; i < SafeNotes.Most; i++)
        {
            Assert.Null(SafeNotes.Leave(_data, "", [Closed], At with { UnixMicroseconds = i }));
        }

        Assert.Equal(SafeNotes.TooMany(_data), SafeNotes.Leave(_data, "", [Closed], At));
        await EnterAsync();
        Assert.Equal(Enumerable.Range(0, SafeNotes.Most).Select(i => i / 1_000_000m), _trail.Entries.Select(e => e.Body.GetProperty("at").GetDecimal()));
    }

    [Fact]
    public void What_cannot_be_left_is_said()
    {
        Assert.EndsWith("is not there", SafeNotes.Leave(Path.Combine(_data, "nowhere"), "", [Closed], At), StringComparison.Ordinal);
        var note = Path.Combine(_data, $"outputs-safe.{At.UnixMicroseconds}.{Environment.ProcessId}.json.new");
        Directory.CreateDirectory(note);
        Assert.Contains(note, SafeNotes.Leave(_data, "", [Closed], At), StringComparison.Ordinal);
        Assert.Empty(Files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"who":null,"entries":[]}""")]
    [InlineData("""{"who":"mei"}""")]
    [InlineData("""{"who":"mei","entries":7}""")]
    public async Task What_is_no_note_is_named_and_taken_away(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "outputs-safe.1.2.json"), text, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_data, "outputs-safe.1.3.json.new"), text, TestContext.Current.CancellationToken);
        await EnterAsync();
        var entry = Assert.Single(_trail.Entries);
        Assert.Equal(("system", "output-safe", "outputs-safe.1.2.json", "it is no note of outputs safe"), (entry.Who, entry.What, Text(entry.Body, "note"), Text(entry.Body, "fault")));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task One_that_is_too_large_is_not_read()
    {
        await File.WriteAllBytesAsync(Path.Combine(_data, "outputs-safe.1.2.json"), new byte[SafeNotes.MostBytes + 1], TestContext.Current.CancellationToken);
        await EnterAsync();
        Assert.Contains("too large", Text(Assert.Single(_trail.Entries).Body, "fault"), StringComparison.Ordinal);
        Assert.Single(Files); // nothing of what happened is thrown away unread
    }

    [Fact]
    public async Task All_outputs_of_three_site_files_with_a_reason_in_any_script_fit()
    {
        var fault = new OutputResult(false, null, new string('\u95e5', 300));
        var outcomes = Enumerable.Range(0, 192).Select(i => new SafeOutcome("XV-" + i, "closed", fault, null)).ToList();
        Assert.Null(SafeNotes.Leave(_data, new string('\u7dad', 200), outcomes, At));
        await EnterAsync();
        Assert.Equal(192, _trail.Entries.Count);
        Assert.Empty(Files);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private Task EnterAsync() => SafeNotes.EnterAsync(_data, _trail, () => true, () => false);

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString()!;
}
