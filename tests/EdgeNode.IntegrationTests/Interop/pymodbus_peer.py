"""A Modbus server on Debian's pymodbus, unit 17: coil n is on where 3 divides n, input n where 5 does, holding registers 7 n + 3, input registers 11 n + 5, 1000 of each.

Arguments: "tcp", which prints "ready PORT", or "rtu", a tty and its rate, which prints "ready 0"; then who it says it is, maker and product. Ends with its standard input.
"""
import asyncio
import logging
import os
import sys

try:
    import serial_asyncio  # noqa: F401  pymodbus.server needs it, and says so less clearly
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.device import ModbusDeviceIdentification
    from pymodbus.framer.rtu_framer import ModbusRtuFramer
    from pymodbus.server.async_io import ModbusSerialServer, ModbusTcpServer
except ImportError as missing:
    sys.exit(f"{missing}: install the Debian packages python3-pymodbus, python3-serial and python3-serial-asyncio")

UNIT = 17
COUNT = 1000


async def main(how, tty="", rate="0", maker="Maker", product="PT-9"):
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    device = ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, [n % 3 == 0 for n in range(COUNT)]),
        di=ModbusSequentialDataBlock(0, [n % 5 == 0 for n in range(COUNT)]),
        hr=ModbusSequentialDataBlock(0, [7 * n + 3 for n in range(COUNT)]),
        ir=ModbusSequentialDataBlock(0, [11 * n + 5 for n in range(COUNT)]),
        zero_mode=True,
    )
    context = ModbusServerContext({UNIT: device}, single=False)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": maker, "ProductCode": product, "MajorMinorRevision": "V2.11", "VendorUrl": "u" * 200, "ProductName": "p" * 200}
    )
    port = 0
    if how == "tcp":
        server = ModbusTcpServer(context, identity=identity, address=("127.0.0.1", 0), allow_reuse_address=True)
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.wait([serving, server.serving], return_when=asyncio.FIRST_COMPLETED)
        port = server.server.sockets[0].getsockname()[1]
    else:
        server = ModbusSerialServer(context, framer=ModbusRtuFramer, identity=identity, port=tty, baudrate=int(rate), ignore_missing_slaves=True, broadcast_enable=True)
        await server.start()
        serving = asyncio.create_task(server.serve_forever())
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.buffer.read1(4096) or os._exit(0))
    print(f"ready {port}", flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
