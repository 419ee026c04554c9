"""A disk of a few megabytes that can be filled, freed and write-protected: a file system in memory."""

import os
import subprocess
from contextlib import suppress

import pytest


class Disk:
    """Mounted where the tests run as root and may mount; a test that wants one is skipped elsewhere."""

    def __init__(self, place, *, megabytes=8):
        place.mkdir()
        self.place = place
        self._filler = place / "somebody else's file"
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small disk")
        options = ("-t", "tmpfs", "-o", f"size={megabytes}m", "digest-test", str(place))
        done = subprocess.run(["mount", *options], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("no small disk can be mounted here")

    def fill(self, *, but=0):
        """Leave `but` bytes of space."""
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        if but:
            os.truncate(self._filler, self._filler.stat().st_size - but)

    def free(self):
        """Give the space back."""
        self._filler.unlink(missing_ok=True)

    def protect(self, *, wholly=True):
        """Let nobody write any more, or again."""
        how = "remount,ro" if wholly else "remount,rw"
        subprocess.run(["mount", "-o", how, str(self.place)], check=True)

    def close(self):
        """Unmount, whoever still holds a file."""
        subprocess.run(["umount", "--lazy", str(self.place)], check=True)
