"""Runs a program for which every flush is a lie: fsync, fdatasync and their like answer 0 and do nothing.

The negative control of the power cut: a gateway that runs like this must lose what it believes to be committed. The kernel
answers in place of the calls (seccomp), so that no way to them is left out. Usage: no_flush.py PROGRAM [ARGUMENT...]
"""
import ctypes
import os
import struct
import sys

# fsync, fdatasync, sync_file_range, sync, syncfs
CALLS = {"x86_64": (74, 75, 277, 162, 306), "aarch64": (82, 83, 84, 81, 267)}
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ANSWER_0 = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2

calls = CALLS[os.uname().machine]
rows = [(LOAD, 0, 0, 0)]  # the number of the call
rows += [(JUMP_IF_EQUAL, len(calls) - i, 0, call) for i, call in enumerate(calls)]
rows += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ANSWER_0)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rows), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0):
    sys.exit(f"seccomp: {os.strerror(ctypes.get_errno())}")
os.execv(sys.argv[1], sys.argv[1:])
