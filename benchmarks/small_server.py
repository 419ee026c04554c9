"""A small server: one core, 1 GB, 500 readers, 1,000 new papers, one whole `digest run` into `smtp-sink`.

The time stands beside that of `smtp-source` for as many messages of the same size on the same core. And
what `digest serve` needs while idle, after a run: all its processes together.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
import zstandard

from benchmarks import seeds, table
from benchmarks.sending import _PATH, sink

PAPERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "hf-daily" / "papers.dev.jsonl.zst"
READERS = 500
NEW = 1_000
MEMORY = 1 << 30


def main():
    if shutil.which("smtp-sink", path=_PATH) is None or not PAPERS.exists():
        print("small_server: smtp-sink or the papers of shared/data are missing; no figures")
        return
    with tempfile.TemporaryDirectory() as name, sink() as port:
        folder = Path(name)
        prepare(folder, port)
        seconds, peak = whole_run(folder)
        sizes = [len(data) for data in sent(folder)]
        source = bare(port, len(sizes), sum(sizes) // len(sizes))
        what = f"run: {READERS} readers, {NEW:,} new papers, {len(sizes)} mails"
        table.figure(what, seconds, "smtp-source alone", source)
        table.memory("  peak memory", peak, "", peak, aim=200)
        idle = idle_serve(folder)
        table.memory("serve, idle after a run", idle, "", idle, aim=80)


def prepare(folder, port):
    """`digest init`, the readers, and the papers in the inbox."""
    digest(folder, "init")
    subscribers = [
        {"address": r.address, "interests": [i.text for i in r.interests], "at": "00:00"}
        for r in seeds.readers(seeds.papers(), READERS)
    ]
    smtp = {"host": "127.0.0.1", "port": port}
    config = {"mail": {"smtp": smtp}, "ranking": {"line": 20}, "subscribers": subscribers}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    text = zstandard.ZstdDecompressor().stream_reader(PAPERS.read_bytes()).read().decode()
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    target = inbox / "papers.jsonl"
    lines = [json.loads(line) for line in text.splitlines()[:NEW]]
    target.write_text("\n".join(json.dumps({"title": p["title"], "abstract": p["abstract"]}) for p in lines))
    old = time.time() - 3600
    os.utime(target, (old, old))


def digest(folder, *arguments, limits=None):
    command = [sys.executable, "-m", "digest", *arguments]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, check=False, preexec_fn=limits)


def whole_run(folder):
    """Seconds and peak memory of one run, on one core and within the memory."""

    def limits():
        os.sched_setaffinity(0, {0})
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    start = time.perf_counter()
    done = digest(folder, "run", limits=limits)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.returncode
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def sent(folder):
    from digest.model import DeliveryState
    from digest.store import Database

    database = Database(folder / "digest.db")
    with database.read() as transaction:
        for delivery in transaction.outbox.in_state(DeliveryState.ACCEPTED):
            yield transaction.outbox.data(delivery.id)
    database.close()


def bare(port, count, size):
    command = ["taskset", "-c", "0", "smtp-source", "-s", "4", "-m", str(count), "-l", str(size)]
    start = time.perf_counter()
    subprocess.run(
        [*command, "-f", "a@b.example", "-t", "c@d.example", f"127.0.0.1:{port}"],
        check=True,
        env={"PATH": _PATH},
    )
    return time.perf_counter() - start


def idle_serve(folder):
    """Resident memory of `digest serve` with all its processes, half a minute after it began."""
    command = [sys.executable, "-m", "digest", "serve", "--listen", "127.0.0.1:0"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(30)
        return sum(resident(number) for number in family(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def family(process):
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(number for child in children for number in family(int(child)))]


def resident(process):
    facts = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in facts if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
