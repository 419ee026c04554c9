"""Runs `digest` again and again without waiting for Python to start: imported once, forked each time.

Every run is a process of its own, which ends by itself or by SIGKILL. Reads one JSON object a line:
{"folder": ..., "arguments": [...], "log": "digest.log", "kill": {"commit": 3, "when": "before"} or null,
"signal": {"number": 15, "at": "INSERT"} or null}. Answers with the process number, and when that process
has ended with its status.

Killing at a commit happens in the process itself: at the n-th commit of a transaction, before it
reaches the disk or as soon as it has. A signal comes just before the first statement that begins so.
"""

import json
import os
import signal
import sys

from digest.cli import main  # everything that is imported on first use is imported below

WARM = (
    "asyncio",
    "alembic",
    "digest.app",
    "digest.deliver.smtp",
    "digest.pipeline",
    "digest.store.schema",
    "sqlalchemy.dialects.sqlite.pysqlite",
)


def run(wanted):
    """In the forked child: become `digest ARGUMENTS` in that folder."""
    os.chdir(wanted["folder"])
    with open(os.devnull, "r+b", buffering=0) as nothing, open(wanted["log"], "ab", buffering=0) as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    if wanted["kill"]:
        kill_at_commit(**wanted["kill"])
    if wanted["signal"]:
        signal_at_statement(**wanted["signal"])
    sys.argv = ["digest", *wanted["arguments"]]
    main()


def kill_at_commit(commit, when):
    from sqlalchemy.engine.default import DefaultDialect

    done = 0
    really_commit = DefaultDialect.do_commit

    def do_commit(self, connection):
        nonlocal done
        done += 1
        if done == commit and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        really_commit(self, connection)
        if done == commit and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    DefaultDialect.do_commit = do_commit


def signal_at_statement(number, at):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    sent = []

    def send(_connection, _cursor, statement, *_):
        if statement.startswith(at) and not sent:
            sent.append(number)
            os.kill(os.getpid(), number)

    event.listen(Engine, "before_cursor_execute", send)


def serve():
    for name in WARM:
        __import__(name)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        process = os.fork()
        if process == 0:
            run_and_end(wanted)
        print(json.dumps({"process": process}), flush=True)
        _, status = os.waitpid(process, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


def run_and_end(wanted):
    code = 1
    try:
        run(wanted)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
