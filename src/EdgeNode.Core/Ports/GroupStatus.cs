using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>Present state of a voting group.</summary>
/// <param name="Members">How each member stands, in the group's order.</param>
/// <param name="Lost">Members without a vote: <see cref="GroupOptions.InForce"/> says the vote in force with so many lost.</param>
/// <param name="RepairLeft">While members are lost: how long until their repair is overdue, by the monotonic clock; 0 or less once it is. Null while none is lost.</param>
public readonly record struct GroupStatus(ImmutableArray<MemberState> Members, int Lost, TimeSpan? RepairLeft);
