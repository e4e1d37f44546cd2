using System.Globalization;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>What a settled world came to: all that was appended has arrived or is named, or the findings say what not.</summary>
/// <param name="Epochs">Lives of the node.</param>
/// <param name="Appended">Readings handed to the spool.</param>
/// <param name="Arrived">Readings on the platform, each counted once.</param>
/// <param name="GivenUp">Named in closed gaps by policy, and not on the platform.</param>
/// <param name="Refused">Refused by a failing disk or dropped before it, and named.</param>
/// <param name="CutOff">Lost with the power, and named.</param>
/// <param name="Unnamed">Refused by a failing disk, unnamed because the life ended before a gap could be written.</param>
/// <param name="Events">Events on the platform, gaps not counted.</param>
internal sealed record Settlement(long Epochs, long Appended, long Arrived, long GivenUp, long Refused, long CutOff, long Unnamed, long Events)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Epochs} lives, {Appended} readings appended, {Arrived} arrived, {GivenUp} given up by policy, {Refused} refused by disk or queue and named, "
        + $"{CutOff} lost with the power and named, {Unnamed} refused and unnamed at a crash, {Events} events");

    /// <summary>Goes through all that was appended. To be called when nothing waits in the spool any more.</summary>
    public static Settlement Of(Ledger ledger)
    {
        var sum = new Settlement(ledger.Books.Count, ledger.NeverWritten, 0, 0, 0, 0, ledger.NeverWritten, 0);
        foreach (var book in ledger.Books.Values)
        {
            sum = sum with { Arrived = sum.Arrived + (long)book.Arrived.Total, Appended = sum.Appended + (long)book.Next - 1 };
            foreach (var append in book.Appends)
            {
                foreach (var (first, last) in book.Arrived.HolesIn(append.First, append.Last))
                {
                    sum = Missing(ledger, book, append, first, last, sum);
                }
            }

            Holes(ledger, book, "reading");
        }

        return CountEvents(ledger, sum);
    }

    private static Settlement Missing(Ledger ledger, EpochBook book, in Appended append, ulong first, ulong last, Settlement sum)
    {
        var given = book.GivenUp.CountIn(first, last);
        sum = sum with { GivenUp = sum.GivenUp + (long)given };
        if (given == last - first + 1)
        {
            return sum;
        }

        foreach (var (from, to) in book.GivenUp.HolesIn(first, last).ToList())
        {
            var count = (long)(to - from + 1);
            var named = (long)book.Named.CountIn(from, to);
            named += (long)book.Named.HolesIn(from, to).Sum(h => (decimal)book.Open.CountIn(h.First, h.Last));
            switch (append.Fate)
            {
                case Fate.Kept when book.CutAbove is { } above && from > above:
                    sum = sum with { CutOff = sum.CutOff + count };
                    if (named < count)
                    {
                        ledger.Find($"epoch {book.Start}, {from} to {to}: lost with the power, and no gap says so");
                    }

                    break;
                case Fate.Kept:
                    ledger.Find($"epoch {book.Start}, {from} to {to}: {(from <= book.PromisedTo ? "committed" : "appended")} at {append.At} and lost"
                        + (named > 0 ? ", though named in a gap" : " silently"));
                    break;
                case Fate.Refused or Fate.Told:
                    sum = sum with { Refused = sum.Refused + named, Unnamed = sum.Unnamed + count - named };
                    if (named < count && !book.EndedUnwell)
                    {
                        ledger.Find($"epoch {book.Start}, {from} to {to}: refused at {append.At}, and no gap names it");
                    }

                    break;
                default:
                    break;
            }
        }

        return sum;
    }

    private static void Holes(Ledger ledger, EpochBook book, string what)
    {
        if (book.Arrived.Highest == 0)
        {
            return;
        }

        foreach (var (from, to) in book.Arrived.HolesIn(1, book.Arrived.Highest))
        {
            foreach (var (first, last) in book.Named.HolesIn(from, to))
            {
                foreach (var hole in book.Open.HolesIn(first, last))
                {
                    ledger.Find($"epoch {book.Start}, {what} {hole.First} to {hole.Last}: a hole below what arrived, and no gap names it");
                }
            }
        }
    }

    private static Settlement CountEvents(Ledger ledger, Settlement sum)
    {
        foreach (var book in ledger.EventBooks.Values)
        {
            Holes(ledger, book, "event");

            // An event's number is the journal's to give, so what is missing is compared by count.
            var missing = ledger.Events.Where(e => e.Start == book.Start && !e.Arrived && e.Fate == Fate.Kept).ToList();
            var gone = missing.Count(e => e.Promised || ledger.Books.GetValueOrDefault(book.Start)?.CutAbove is null);
            if (gone > (int)book.GivenUp.Total)
            {
                ledger.Find($"epoch {book.Start}: {gone} events are lost (the first: {missing[0].Key} at {missing[0].At}), gaps name {book.GivenUp.Total}");
            }
        }

        return sum with { Events = ledger.Events.LongCount(e => e.Arrived) };
    }
}
