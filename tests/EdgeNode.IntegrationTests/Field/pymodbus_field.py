"""A Modbus TCP field whose every served value is different and written down.

An independent peer for the end-to-end tests, on Debian's python3-pymodbus 3.0.0. Run it with /usr/bin/python3.

Each unit has points of two holding registers (float32, high word first): point p at register 2p. A read request that
covers a point adds one to it and serves the new count, so that each value of a point is served once: 1, 2, 3 and so on
up to 2^24, beyond which a float32 cannot count and the unit answers exception 4. Function 4 shows the same points.
Half a point cannot be read: exception 2. Before the reply leaves, one line for each point has been written to the log:
unit,point,value,unix_time_us. A field that is started again with the same log goes on counting where the log ends.

Registers 1000 to 1199 (functions 3, 4, 6, 16) and coils 0 to 99 (1, 5, 15) are plain memory: register 1000+i of unit u
starts as 256u+i, the coils are off. Every third of the discrete inputs 0 to 99 (2) is on. None of these is logged.

Mind two habits of pymodbus 3.0.0: a request that comes in pieces is thrown away, and so is a request for a unit that is
not there, with whatever came in the same segment. Neither is answered.
"""
import argparse
import asyncio
import logging
import os
import struct
import sys
import time

try:
    import serial_asyncio  # noqa: F401  pymodbus.server needs it, and says so less clearly
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.server.async_io import ModbusTcpServer
except ImportError as missing:
    sys.exit(f"{missing}: install the Debian packages python3-pymodbus and python3-serial-asyncio")

LAST_EXACT = 1 << 24
PLAIN_FIRST = 1000
PLAIN_COUNT = 200
BITS = 100


class CountingBlock:
    """Points that count up with each read, and the plain registers beside them."""

    def __init__(self, unit, counts, log, silent):
        self.unit = unit
        self.log = log
        self.silent = silent
        self.counts = counts
        self.plain = [256 * unit + i for i in range(PLAIN_COUNT)]

    def validate(self, address, count=1):
        """Whole points, or plain registers; nothing across the border."""
        if address >= PLAIN_FIRST:
            return address + count <= PLAIN_FIRST + PLAIN_COUNT
        return address % 2 == 0 and count % 2 == 0 and address + count <= 2 * len(self.counts)

    def getValues(self, address, count=1):  # the name is pymodbus's
        """Serves one request. The server is one thread, so a request is one indivisible step."""
        if address >= PLAIN_FIRST:
            start = address - PLAIN_FIRST
            return self.plain[start : start + count]
        if self.silent:
            return [0] * count
        now = time.time_ns() // 1000
        registers, lines = [], []
        for point in range(address // 2, (address + count) // 2):
            if self.counts[point] == LAST_EXACT:
                raise OverflowError(f"unit {self.unit} point {point} has no value left that a float32 can tell from the last")
            self.counts[point] += 1
            registers.extend(struct.unpack(">HH", struct.pack(">f", self.counts[point])))
            lines.append(f"{self.unit},{point},{self.counts[point]},{now}\n")
        os.write(self.log, "".join(lines).encode())
        return registers

    def setValues(self, address, values):  # the name is pymodbus's
        """Plain registers only; the points are read-only."""
        if address < PLAIN_FIRST:
            raise PermissionError("the points are read-only")
        start = address - PLAIN_FIRST
        self.plain[start : start + len(values)] = values

    def reset(self):
        """The counts survive, so that no value is served twice."""


def last_counts(log_file):
    """The last value of each unit and point in the log."""
    counts = {}
    if os.path.exists(log_file):
        with open(log_file, encoding="ascii") as lines:
            for line in lines:
                unit, point, value, _ = line.split(",")
                counts[int(unit), int(point)] = int(value)
    return counts


def device(unit, options, log):
    counts = [options.counts.get((unit, point), 0) for point in range(options.points)]
    block = CountingBlock(unit, counts, log, unit in options.drop)
    coils = ModbusSequentialDataBlock(0, [False] * BITS)
    inputs = ModbusSequentialDataBlock(0, [i % 3 == 0 for i in range(BITS)])
    return ModbusSlaveContext(hr=block, ir=block, co=coils, di=inputs, zero_mode=True)


async def serve(units, port, options, log):
    def silence(response):
        if response.unit_id in options.drop:
            response.should_respond = False
        return response, False

    context = ModbusServerContext({unit: device(unit, options, log) for unit in units}, single=False)
    server = ModbusTcpServer(context, address=("127.0.0.1", port), allow_reuse_address=True, response_manipulator=silence)
    serving = asyncio.create_task(server.serve_forever())
    await asyncio.wait([serving, server.serving], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    print(f"ready {server.server.sockets[0].getsockname()[1]}", flush=True)
    return serving


async def main():
    def numbers(text):
        return [int(number) for number in text.split(",") if number]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="all units behind this port; 0 takes a free one")
    parser.add_argument("--ports", type=numbers, help="one port for each unit, e.g. 0,0,0: unit 1 alone behind the first, and so on")
    parser.add_argument("--units", type=int, default=10, help="units 1 to N behind --port")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--drop", type=numbers, default=[], help="units that take requests and never answer, e.g. 3,7")
    parser.add_argument("--log", required=True, help="file to which every served value is appended")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends, so that it never outlives its starter")
    options = parser.parse_args()

    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    options.counts = last_counts(options.log)
    log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    if options.ports:
        tasks = [await serve([i + 1], port, options, log) for i, port in enumerate(options.ports)]
    else:
        tasks = [await serve(range(1, options.units + 1), options.port, options, log)]

    if options.until_eof:
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.buffer.read1(4096) or os._exit(0))
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except OSError as failed:
        sys.exit(str(failed))
