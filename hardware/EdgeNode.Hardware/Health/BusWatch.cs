using System.Collections.Frozen;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Health;

/// <summary>The devices of a bus that are no devices: they tell how the bus itself is.</summary>
internal sealed class BusWatch
{
    private readonly FrozenDictionary<int, BusHealthReader> _readers;

    public BusWatch(Site site, int bus, TimeProvider time) => _readers = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is BusHealthOptions)
        .ToFrozenDictionary(d => d.Index, d => new BusHealthReader((BusHealthOptions)d.Item, time));

    /// <summary>Null for a device that the bus is to ask.</summary>
    public BusHealthReader? Find(int device) => _readers.GetValueOrDefault(device);
}
