using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using EdgeNode.Gateway.Hold;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What keeps outputs does not wait for the terminal that it speaks to.</summary>
public sealed class StandingTerminalTests
{
    [Fact]
    public async Task A_terminal_that_stands_still_holds_up_nobody_and_what_waited_is_said_in_its_order_once_it_goes_on()
    {
        using var terminal = new Terminal();
        var voice = new PatientVoice();
        voice.Say(terminal, "0");
        await TestWait.UntilAsync(() => terminal.IsReached, "the first sentence stands");
        for (var i = 1; i <= PatientVoice.Most + 5; i++)
        {
            voice.Say(terminal, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i}"));
        }

        Assert.False(voice.End()); // and the process ends all the same
        voice.Say(terminal, "late");
        terminal.GoOn();
        await TestWait.UntilAsync(() => terminal.Said.Count == PatientVoice.Most + 1, "what waited is said");
        Assert.Equal(Enumerable.Range(0, PatientVoice.Most + 1).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), terminal.Said);
        Assert.True(voice.End());
    }

    [Fact]
    public void A_terminal_that_has_gone_ends_nothing_and_no_sentence_moves_the_cursor()
    {
        using var gone = new Terminal { IsGone = true };
        using var said = new StringWriter { NewLine = "|" };
        var voice = new PatientVoice();
        voice.Say(gone, "one");
        voice.Say(said, "two\u001b[2J");
        while (!voice.End())
        {
            // A busy machine.
        }

        Assert.Equal("two\uFFFD[2J|", said.ToString());
    }

    [Fact]
    public async Task A_second_signal_is_heard_while_what_the_first_one_began_has_not_ended()
    {
        using var signals = new HoldSignals();
        using var stands = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var given = signals.GiveUp.Register(() =>
        {
            begun.Set();
            stands.Wait(TimeSpan.FromMinutes(2)); // not for ever: who fails below waits for this
        });
        var first = Task.Run(() => signals.Handle(new PosixSignalContext(PosixSignal.SIGINT)), TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        await TestWait.UntilAsync(
            () =>
            {
                _ = Task.Run(() => signals.Handle(new PosixSignalContext(PosixSignal.SIGINT)));
                return signals.End.IsCancellationRequested;
            },
            "the second one ends it");
        Assert.False(first.IsCompleted);
        stands.Set();
        await first;
    }

    private sealed class Terminal : TextWriter
    {
        private readonly ManualResetEventSlim _goes = new();
        private volatile bool _reached;

        public ConcurrentQueue<string> Said { get; } = [];

        public bool IsGone { get; init; }

        public bool IsReached => _reached;

        public override Encoding Encoding => Encoding.UTF8;

        public void GoOn() => _goes.Set();

        public override void WriteLine(string? value)
        {
            if (IsGone)
            {
                throw new IOException("it has gone");
            }

            _reached = true;
            _goes.Wait();
            Said.Enqueue(value ?? "");
        }

        protected override void Dispose(bool disposing)
        {
            _goes.Dispose();
            base.Dispose(disposing);
        }
    }
}
