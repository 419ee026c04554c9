"""From composed issues to a mail server that took them: encode, sign, freeze, send and ledger.

Ten thousand readers, twenty papers each, DKIM-signed, every commit on disk, into Postfix's `smtp-sink`
on this machine. The references of the same run: `smtp-source`, which is Postfix's own generator in C
and sends ready-made messages of the same size over as many connections; and the plain path, which
renders the same templates, lets `email.message` encode, dkimpy sign, and smtplib send over one
connection. Each part runs in a process of its own, so that its memory is its own.

`smtp-source` opens a connection for each message unless it is told to keep them. Both are measured; the
first, its default, is the reference.
"""

import json
import os
import pickle
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from benchmarks import seeds, table

READERS = 10_000
MANY_READERS = 50_000
PLAIN = 300
#: rates move by a fifth from one time to the next: ours and its reference take turns, and medians count
ROUNDS = 3
#: as many as Postfix takes of itself (`default_process_limit`)
CONNECTIONS = 100
PROFILES = 60
PICKS = 20
#: the packaged templates, and the same without excerpts
SIZES = {"compact": True, "with excerpts": False}
_PATH = "/usr/sbin:/usr/bin"


def main():
    if shutil.which("smtp-sink", path=_PATH) is None:
        print("sending: smtp-sink is not installed (on Debian: apt install postfix); no figures")
        return
    for name, compact in SIZES.items():
        rounds = [measured(compact) for _ in range(ROUNDS)]
        figures = ("seconds", "frozen", "source", "keeping")
        ours, frozen, source, keeping = (median([one[what] for one in rounds]) for what in figures)
        memory = max(one["memory"] for one in rounds)
        plain = part("plain", PLAIN, compact)
        label = f"{name}, {rounds[0]['bytes'] / 1000:.0f} kB, {READERS:,} readers: per mail"
        table.faster(label, ours, "smtp-source", source, aim=0.25)
        table.faster("  the same", ours, "EmailMessage, dkimpy, smtplib", plain["seconds"], aim=8)
        table.figure("  smtp-source, keeping its connections", keeping, "ours", ours)
        table.figure("  of it until frozen", frozen, "all of it", ours)
        table.memory("  peak memory", memory, "", memory, aim=150)
    many = part("ours", MANY_READERS, compact)
    what = f"{MANY_READERS:,} readers: peak memory"
    table.memory(what, many["memory"], f"{READERS:,} readers", memory, aim=150)


def measured(compact):
    """One round of ours and of `smtp-source`: seconds for a mail, and memory."""
    found = part("ours", READERS, compact)
    size = found["bytes"]
    sources = [(bare(size), bare(size, keeping=True)) for _ in range(2)]
    opening, keeping = map(median, zip(*sources, strict=True))
    return found | {"source": opening, "keeping": keeping}


def part(what, readers, compact):
    """One measurement in a process of its own, on what another process prepared."""
    with tempfile.TemporaryDirectory() as folder:
        run("prepare", readers, compact, folder)
        return json.loads(run(what, readers, compact, folder))


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.sending", *map(str, arguments)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[2:])} failed:\n{done.stderr}")
    return done.stdout


# ── what is sent ──────────────────────────────────────────────────────────────────────────────


def prepare(readers, _compact, folder):
    """A database with an archive and readers, and beside it some readers' drafts and issues."""
    from digest.model import Source
    from digest.pipeline import ingest
    from digest.store import Database

    database = Database(folder / "digest.db")
    database.prepare()
    ingest(database, [Source(name="inbox", location=str(seeds.DUMPS[0].parent))], now=seeds.NOW)
    with database.write() as transaction:
        transaction.instance.create(seeds.NOW)
        known = transaction.papers.added_after(0, not_before=seeds.NOW - timedelta(days=1))
        for number in range(1, readers + 1):
            transaction.subscribers.add(
                name=f"reader {number}",
                address=f"reader-{number}@reader.example",
                preferences=seeds.Preferences(),
                interests=(),
                feed_token=f"token-{number}",
                origin=seeds.Origin.COMMAND,
                created_at=seeds.NOW,
            )
    database.close()
    (folder / "issues").write_bytes(
        pickle.dumps(list(seeds.composed(known, seeds.readers(known, PROFILES), picks=PICKS)))
    )


def composed(readers, folder):
    """Draft and issue for each reader."""
    return composer(folder)(range(1, readers + 1))


def composer(folder):
    """Draft and issue for readers; those with the same interests share the picks, not the issue."""
    drafts = pickle.loads((folder / "issues").read_bytes())

    def compose_for(numbers):
        for number in numbers:
            draft, issue = drafts[number % len(drafts)]
            name = f"reader-{number}@reader.example"
            subscriber = replace(draft.subscriber, id=number, name=name, address=name)
            yield replace(draft, subscriber=subscriber), replace(issue, subscriber=subscriber)

    return compose_for


def house(compact, folder, *, signed=True):
    from cryptography.hazmat.primitives.asymmetric import rsa

    from benchmarks.publish import _house
    from digest import deliver, render

    key = rsa.generate_private_key(65537, 2048)
    signer = deliver.Signer(domain="digest.example", selector="digest", key=key)
    found = _house()
    mail = replace(
        found.mail,
        base_url="https://digest.example",
        bounce_address="bounces@digest.example",
        signers=(signer,) if signed else (),
    )
    templates = render.Templates(without_excerpts(folder)) if compact else found.templates
    return replace(found, mail=mail, templates=templates), key


def without_excerpts(folder):
    """The packaged templates of the mail, as an operator would make them more compact."""
    packaged = Path(__file__).parents[1] / "templates" / "email" / "digest"
    for path in packaged.iterdir():
        text = path.read_text("utf-8").replace("body.excerpt", "none").replace("body.plain", "none")
        target = folder / "templates" / "email" / "digest" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return folder / "templates"


# ── our path ──────────────────────────────────────────────────────────────────────────────────


def ours(readers, compact, folder):
    from digest.deliver import Security, SmtpSender, SmtpSettings
    from digest.model import DeliveryState
    from digest.pipeline import deliver
    from digest.pipeline.pressroom import publish_all
    from digest.store import Database

    database, compose_for = Database(folder / "digest.db"), composer(folder)
    keep, _ = house(compact, folder)
    together = []
    with sink() as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, connections=CONNECTIONS)
        start = time.perf_counter()
        publish_all(
            database,
            keep,
            range(1, readers + 1),
            lambda _, numbers: compose_for(numbers),
            wanted=lambda: 0,
            wrote=lambda _: together.append(resident() + private_to_copies()),
        )
        frozen = time.perf_counter() - start
        report = deliver(database, SmtpSender(settings), clock=lambda: seeds.NOW)
        seconds = time.perf_counter() - start
    assert report.count(DeliveryState.ACCEPTED) == readers, report
    with database.read() as transaction:
        size = len(transaction.outbox.data(1))
    figures = {"seconds": seconds / readers, "frozen": frozen / readers, "bytes": size}
    return figures | memory_used(max(together))


def memory_used(together):
    """At most: with the copies of this process, or sending without them. What they share counts once."""
    return {"memory": max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, together)}


def resident():
    """What this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def private_to_copies():
    """What the copies of this process have for themselves."""
    found = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in map(Path, (f"/proc/{number}" for number in children.read_text().split())):
            if b"smtp-sink" not in (child / "cmdline").read_bytes():
                facts = (child / "smaps_rollup").read_text().splitlines()
                found += sum(int(line.split()[1]) * 1024 for line in facts if line.startswith("Private_"))
    return found


# ── the references ────────────────────────────────────────────────────────────────────────────


def plain(readers, compact, folder):
    import dkim
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from digest.pipeline.printing import key_ring, print_issue
    from digest.store import Database

    database, issues = Database(folder / "digest.db"), composed(readers, folder)
    keep, key = house(compact, folder, signed=False)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    with database.read() as transaction:
        keys = key_ring(transaction)
    with sink() as port, smtplib.SMTP("127.0.0.1", port) as client:
        start = time.perf_counter()
        for _, issue in issues:
            # the parts are rendered as ours are: encoding, signing and sending are what is compared
            printed = print_issue(issue, keep, keys)
            data = as_email(printed).as_bytes()
            data = dkim.sign(data, b"digest", b"digest.example", secret, include_headers=SIGNED) + data
            client.sendmail(printed.message.sender, [printed.message.recipient], data)
        seconds = time.perf_counter() - start
    return {"seconds": seconds / readers}


SIGNED = [
    *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type"),
    *(b"List-Id", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"List-Post"),
]


def as_email(printed):
    from email import message_from_bytes, policy

    ours = message_from_bytes(
        printed.message.data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.SMTP
    )
    message = EmailMessage(policy=policy.SMTP)
    for name, value in ours.items():
        if not name.lower().startswith(("content-", "mime-")):
            message[name] = str(value)
    message.set_content(printed.parts.text, cte="quoted-printable")
    message.add_alternative(printed.parts.html, subtype="html", cte="quoted-printable")
    return message


def bare(size, *, keeping=False):
    """Seconds that `smtp-source` takes for a message of this size, `keeping` its connections or not."""
    with sink() as port:
        command = ["smtp-source", "-s", str(CONNECTIONS), "-m", str(READERS), "-l", str(size)]
        command += ["-d"] if keeping else []
        addresses = ["-f", "digest@digest.example", "-t", "reader@reader.example", f"127.0.0.1:{port}"]
        start = time.perf_counter()
        subprocess.run([*command, *addresses], env={"PATH": _PATH}, check=True)
        return (time.perf_counter() - start) / READERS


@contextmanager
def sink():
    """`smtp-sink` on a port of its own."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *as_root, f"127.0.0.1:{port}", "100"], env={"PATH": _PATH})
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure = {"prepare": prepare, "ours": ours, "plain": plain}[sys.argv[1]]
        print(json.dumps(measure(int(sys.argv[2]), sys.argv[3] == "True", Path(sys.argv[4]))))
    else:
        main()
