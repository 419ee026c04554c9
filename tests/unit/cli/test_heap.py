"""Threads of a long command take their memory from one heap."""

import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, tempfile, threading

from digest.cli.heap import one_heap

libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    sys.exit(77)
if sys.argv[1:]:
    one_heap()
threads = [threading.Thread(target=lambda: libc.free(ctypes.c_void_p(libc.malloc(4_000)))) for _ in range(3)]
libc.malloc.restype = ctypes.c_void_p
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(file.read().count(b"<heap nr="))
"""


def heaps(*arguments):
    command = [sys.executable, "-c", HEAPS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this C library does not say how many heaps it has")
    assert not done.returncode, done.stderr
    return int(done.stdout)


def test_threads_share_a_heap_only_when_asked():
    assert heaps() > 1
    assert heaps("one heap") == 1
