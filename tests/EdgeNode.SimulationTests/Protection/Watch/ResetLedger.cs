using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>Which trips a person has reset since they tripped, and which of these resets are on the disk: by what people did, not by what the node says of itself.</summary>
/// <param name="site">The site.</param>
internal sealed class ResetLedger(Site site)
{
    private readonly bool[] _granted = new bool[site.Trips.Length];
    private readonly bool[] _durable = new bool[site.Trips.Length];
    private readonly bool[] _carried = new bool[site.Trips.Length];
    private readonly bool[] _marked = new bool[site.Trips.Length];

    /// <summary>The reset of the run before may count, as far as anybody can know.</summary>
    public bool IsCarried(int trip) => _carried[trip];

    /// <summary>A person has reset it, or the reset of the run before has come into force.</summary>
    public bool IsGranted(int trip) => _granted[trip];

    public void Grant(int trip) => _granted[trip] = true;

    /// <summary>It has tripped, or a person has tripped it: what was reset before counts for nothing.</summary>
    public void Revoke(int trip) => (_granted[trip], _carried[trip]) = (false, false);

    /// <summary>The reset that was carried over has come into force.</summary>
    public void TakeOver(int trip) => (_granted[trip], _carried[trip]) = (_granted[trip] || _carried[trip], false);

    /// <summary>It has tripped before the reset that was carried over came into force.</summary>
    public void Drop(int trip) => _carried[trip] = false;

    /// <summary>All changes so far are on the disk, and there were some: where a life has had nothing to write yet, all stands there as the life before left it, its mark too.</summary>
    public void Committed()
    {
        for (var trip = 0; trip < _granted.Length; trip++)
        {
            // A reset that was carried over stands on the disk whether or not it has come into force yet.
            _durable[trip] = _granted[trip] || _carried[trip];
            _marked[trip] = false; // the mark of the stop before is gone with the first of them
        }
    }

    /// <summary>
    /// A life is over. A power cut takes what memory knew of lives that have written nothing at all: then the orderly stop before them is still on the disk, and counts.
    /// </summary>
    /// <param name="inOrder">It was stopped in order, and what it kept is on the disk.</param>
    /// <param name="powerCut">The machine went down.</param>
    public void Died(bool inOrder, bool powerCut)
    {
        for (var trip = 0; trip < _granted.Length; trip++)
        {
            _carried[trip] = inOrder ? _granted[trip] || _carried[trip] : (site.Trips[trip].ResumeAfterCrash && _durable[trip]) || (powerCut && _marked[trip]);
            _marked[trip] = inOrder ? _carried[trip] : _marked[trip];
            _granted[trip] = false;
        }
    }
}
