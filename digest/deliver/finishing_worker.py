"""The process that finishes messages for another one: see `digest.deliver.finishing`."""

import signal
import sys

from digest.deliver.finishing import work

if __name__ == "__main__":
    # who is told to stop by the keyboard is the other one; when it ends, so does what it writes to us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(sys.stdin.buffer, sys.stdout.buffer)
