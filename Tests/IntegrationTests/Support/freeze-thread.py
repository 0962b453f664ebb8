#!/usr/bin/env python3
"""Keeps threads of a process from running, until this one is ended.

freeze-thread.py PROCESS NAME...   those whose names begin with one of these; prints how many they are
"""
import ctypes
import os
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def trace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


process, names = sys.argv[1], sys.argv[2:]
frozen = 0
for thread in os.listdir(f"/proc/{process}/task"):
    with open(f"/proc/{process}/task/{thread}/comm", encoding="utf-8") as file:
        name = file.read().strip()
    if any(name.startswith(beginning) for beginning in names):
        trace(PTRACE_SEIZE, int(thread))
        trace(PTRACE_INTERRUPT, int(thread))
        frozen += 1
print(frozen, flush=True)
# The kernel lets them go when this process ends. Until then it is for this process to hear of the end of theirs, or it would
# not be over for anybody.
ALL = 0x40000000
while True:
    try:
        os.waitpid(-1, ALL)
    except ChildProcessError:
        break
