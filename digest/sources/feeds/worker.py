"""A process that parses one feed: an order and the feed's bytes come in, an answer goes out.

Started by `guard`. It sets its own limits first; whoever exceeds them is ended by the system.
"""

from __future__ import annotations

import json
import resource
import sys

from digest.sources.feeds import guard


def main() -> None:
    """Read the order's line and the bytes behind it; write the answer as JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    seconds, memory = order["seconds"], order["memory"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(guard.to_json(guard.parse_here(order, sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
