"""A Modbus RTU slave on Debian's pymodbus: units 1 to 3, 1000 holding registers of 7 n + 3 + unit and 1000 input registers of 11 n + 5 + unit.

Arguments: the tty and its rate. Ends with its standard input, so that it never outlives its starter.
"""
import asyncio
import logging
import os
import sys

try:
    import serial_asyncio  # noqa: F401  pymodbus.server needs it, and says so less clearly
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.framer.rtu_framer import ModbusRtuFramer
    from pymodbus.server.async_io import ModbusSerialServer
except ImportError as missing:
    sys.exit(f"{missing}: install the Debian packages python3-pymodbus, python3-serial and python3-serial-asyncio")

REGISTERS = 1000


def device(unit):
    return ModbusSlaveContext(
        hr=ModbusSequentialDataBlock(0, [7 * n + 3 + unit for n in range(REGISTERS)]),
        ir=ModbusSequentialDataBlock(0, [11 * n + 5 + unit for n in range(REGISTERS)]),
        zero_mode=True,
    )


async def main(tty, rate):
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    context = ModbusServerContext({unit: device(unit) for unit in (1, 2, 3)}, single=False)
    server = ModbusSerialServer(context, framer=ModbusRtuFramer, port=tty, baudrate=rate, ignore_missing_slaves=True)
    await server.start()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.buffer.read1(4096) or os._exit(0))
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
