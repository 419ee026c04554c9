"""How a long command keeps its memory small."""

from __future__ import annotations

import ctypes

#: `M_ARENA_MAX` of glibc's `mallopt`
_ARENAS = -8


def one_heap() -> None:
    """Let all threads take their memory from one heap; to be asked before the first of them begins.

    By itself glibc makes a heap for each, which keep to themselves what others could use: some ten
    megabytes in a run. Python's threads take turns, so they hardly ever wait for each other there.
    """
    # other C libraries have one heap anyway, and no such setting
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENAS, 1)
