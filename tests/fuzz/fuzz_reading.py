"""Coverage-guided fuzzing of everything that reads bytes from outside.

    .venv/bin/python tests/fuzz/fuzz_reading.py [--seconds N] [--corpus FOLDER] [FILE ...]

The cases of tests/data/sources are the first inputs; with FILE those inputs alone are tried, as after a
finding. It ends at the first input that raises, takes over ten seconds or over a gigabyte, and says
where it put it. Needs atheris; `make fuzz` installs it.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["digest"]):
    from digest import identity, sources
    from digest.model import Health
    from digest.text import printable

GALLERY = ROOT / "tests" / "data" / "sources"
LATEST = date(2026, 11, 22)
MAX_RECORDS = 200
#: what the shapes look for, so that the fuzzer need not guess it letter by letter
WORDS = (
    *(
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "by AK and the research community",
    ),
    *(
        "Upvote",
        "Submitted by",
        "authors",
        "arxiv.org/abs/2501.01234",
        "https://huggingface.co/papers/2501.01234",
    ),
    *("](https://huggingface.co/papers/", "### [", "[1]:", "References", "GitHub 1.2k", "\\\\", "* * *"),
    *(
        '{"paper": {"id": "2501.01234", "title": "',
        '"summary": "',
        '"publishedAt": "',
        '"submittedOnDailyAt": "',
    ),
    *(
        "data-props=",
        "DailyPapers",
        "<article>",
        "<h3><a href=",
        "<?xml version=",
        "<rss",
        "<channel><item><title>",
    ),
    *("<feed xmlns=", "<entry>", "<!DOCTYPE", "<!ENTITY", "<![CDATA[", "https://jsonfeed.org/version/1.1"),
    *("arXiv:2501.01234v1 Announce Type: replace", "Abstract: ", "\\begin{", "$\\alpha$", "^{3}", "``", "''"),
)


def check(data: bytes) -> None:
    """Read `data` as a source would be read; whatever it is, the answer keeps its promises."""
    for member in sources.unpack(data, name="fuzz"):
        if not isinstance(member, sources.Member):
            continue
        listing = sources.read(member.data, name=member.name, latest=LATEST, max_records=MAX_RECORDS)
        assert len(listing.records) <= MAX_RECORDS
        assert len(listing.problems) <= 101
        said = listing.problems or listing.health is Health.QUIET
        assert listing.records or said, "nothing read and nothing said"
        for record in listing.records:
            paper = record.paper
            assert paper.title
            assert paper.title == printable(paper.title)
            assert paper.abstract == printable(paper.abstract)
            assert paper.url is None or paper.url.startswith(("https://", "http://"))
            assert identity.keys(paper)


def _findings() -> Path:
    """Where inputs are put that broke something."""
    folder = ROOT / "out" / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main() -> None:
    """Fuzz until the time is over, or until something is found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument(
        "--corpus", type=Path, help="keeps what was found interesting (default: a temporary folder)"
    )
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        corpus = asked.corpus or place / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = place / "seeds"
        seeds.mkdir()
        for case in GALLERY.glob("*/input.*"):
            shutil.copyfile(case, seeds / f"{case.parent.name}{case.suffix}")
        (seeds / "packed.gz").write_bytes(gzip.compress(b"Daily Papers\n\nA title\n\nAn abstract."))
        words = place / "words"
        words.write_text(
            "\n".join('"' + "".join(f"\\x{b:02x}" for b in word.encode()) + '"' for word in WORDS)
        )
        limits = [
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-max_len=20000",
            f"-dict={words}",
            "-print_final_stats=1",
        ]
        wanted = [str(file) for file in asked.files] or [
            f"-max_total_time={asked.seconds}",
            str(corpus),
            str(seeds),
        ]
        limits.append(f"-artifact_prefix={_findings()}/")
        atheris.Setup([sys.argv[0], *limits, *wanted], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
