"""How much of LaTeX becomes readable, and whether English stays, on real texts.

Three shares. *Agreement*: a text as a site stripped it and the same text as its author wrote it become
one. *Residue*: what the lists of leftovers name and no English has there is gone. *English*: words that
changed though nothing of LaTeX stood there, which must be none; each change of a token is written to a
file, to be read. The lists were made from these texts, and the rules by looking at one half of the pairs
(by the SHA-256 of the text), so that the other half says how general they are.
"""

import csv
import difflib
import gzip
import hashlib
import io
import json
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import table
from digest.repair import readable
from digest.repair.suspects import suspicious

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
PAIRS = DATA / "latex" / "pairs.dev.jsonl.zst"
PAPERS = DATA / "hf-daily" / "papers.dev.jsonl.zst"
SEEDS = DATA / "hf-daily" / "seeds-parsed.jsonl.gz"
SEED_RESIDUE = DATA / "latex" / "seed-residue.tsv"
PAPERS_RESIDUE = DATA / "latex" / "hf-archive-residue.tsv"

#: tokens of the lists that are words or names as well: residue only where a digit or a script touches them
_WORD = re.compile(r"(?:glued )?([A-Za-z]+)(?:\{|\+digit)?")
_NAMES_TOO = {"argmax", "underline", "texttt", "mp", "O"}
#: in no English word
_CERTAIN = re.compile(
    r"^(?:math[a-z]+|text[a-z]{2}|[a-z]*arrow|var[a-z]+|[lgn]eq|infty|ell|circ|cdot|propto|oplus)$"
)
_SIGNS = {
    "--": r"(?<![-<!])-{2,3}(?![->])(?<!\s--)",
    "---": r"(?<!-)---(?!-)",
    "``": r"(?<!`)``(?!`)",
    "''": r"(?<!\d)''",
    "~": r"(?<=[^\s~=/(<])(?<![\d%])~(?=[^\s~=/.,;:)])",
    "^x": r"\^(?:\{|[0-9]+(?![0-9.])|[a-z]\b)",
    "^ superscript": r"\^\{",
    "_x": r"(?<!\w)[A-Za-z]_(?:[0-9]+(?![0-9._])|[aehijklmnoprstuvx]\b|\{)|_\{",
    "\\ ": r"(?<!\\)\\ ",
}
#: Phi3, tau2 and sim2real are names
_GLUED_TOO = {
    "sim": r"|(?<![A-Za-z-])sim(?=\d(?!real))",
    "pm": r"|(?<!\w)pm(?=\d)",
    "Delta": r"|Delta(?=[\d.]+%)",
}
#: what LaTeX, or what is left of it, looks like: a token with any of it is not plain English
_LATEX = re.compile(r"[\\{}$^_`~]|--|''|\d[A-Za-z]|[A-Za-z]\d|[a-z]arrow|[^\x00-\x7f]")
#: bare names of signs, which stand between blanks too: `4096 times 2048`, `geq 90%`
_BARE = re.compile(
    r"\W*(?:\w?times|pm|sim|in|ll|gg|[lg]eq|[a-z]*arrow|var[a-z]+|infty|ell|oplus|cdot|circ|[lr]ceil|"
    r"boldsymbol|math[a-z]+|O\(sqrt\(N\)\))\W*\w*\W*"
)


def missing():
    """The paths that the figures need and that are not here."""
    return [path for path in (PAIRS, PAPERS, SEEDS, SEED_RESIDUE, PAPERS_RESIDUE) if not path.exists()]


def agreement():
    """Of each half, seen and held out: how many pairs become one text, and how many there are."""
    halves = {"seen": [0, 0], "held out": [0, 0]}
    for row in _rows(PAIRS):
        if row["markup_only"]:
            original, stripped = _joined(row["original"]), _joined(row["stripped"])
            half = "held out" if hashlib.sha256(original.encode()).digest()[0] % 2 else "seen"
            halves[half][0] += _joined(readable(original)) == _joined(readable(stripped))
            halves[half][1] += 1
    return halves


def residue(listed, texts):
    """How often the leftovers that a list names stand in texts before repair, and after it, by token."""
    patterns = list(filter(None, map(_pattern, _tokens(listed))))
    before, after = Counter(), Counter()
    for text in texts:
        shown = readable(text)
        for token, needle, pattern in patterns:
            if needle in text:
                before[token] += len(pattern.findall(text))
                after[token] += len(pattern.findall(shown))
    return before, after


def changes(texts):
    """Each changed run of tokens, with its neighbours: (before, was, became, after)."""
    for text in texts:
        shown = readable(text)
        if shown == text:
            continue
        was, became = text.split(), shown.split()
        matcher = difflib.SequenceMatcher(None, was, became, autojunk=False)
        for kind, i, j, k, end in matcher.get_opcodes():
            if kind != "equal":
                yield " ".join(was[max(0, i - 3) : i]), was[i:j], became[k:end], " ".join(was[j : j + 3])


def is_plain_english(was):
    """Whether a run of tokens holds nothing that could be LaTeX, so that it should have stayed."""
    return not any(_LATEX.search(token) or _BARE.fullmatch(token) for token in was)


def is_changed_english(was, became):
    """Whether plain English changed; a quotation mark that closes what LaTeX opened may."""
    marks = str.maketrans(dict.fromkeys("'\"“”‘’"))
    words = [token.translate(marks) for token in was]
    return is_plain_english(was) and words != [token.translate(marks) for token in became]


def seed_texts():
    with gzip.open(SEEDS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [_joined(row[field]) for row in rows for field in ("title", "abstract")]


def paper_texts():
    return [_joined(row[field]) for row in _rows(PAPERS) for field in ("title", "abstract")]


def _pattern(token):
    """A token of a list, letters that it cannot be without, and where it is no English: or nothing."""
    if token in _SIGNS:
        return token, token.split()[0].rstrip("x") or token, re.compile(_SIGNS[token])
    if token.startswith("\\"):
        return token, token, re.compile(re.escape(token) + ("(?![A-Za-z])" if token[-1].isalpha() else ""))
    if token.startswith("{"):
        start = token.rstrip("…} ")
        return token, start, re.compile(re.escape(start) + r"(?![A-Za-z])")
    name = _WORD.fullmatch(token)
    if name is None or name.group(1) in _NAMES_TOO:
        return None
    word = name.group(1)
    if _CERTAIN.match(word):
        return token, word, re.compile(rf"(?<![A-Za-z\\]){word}(?![a-z])")
    glued = rf"(?<=\d){word}(?![a-z])|(?<![A-Za-z\\]){word}(?=[_^](?:\d+|[a-z]|\{{)(?![\w.]))"
    return token, word, re.compile(glued + _GLUED_TOO.get(word, ""))


def _tokens(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return [row["token"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _rows(path):
    import zstandard

    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            yield json.loads(line)


def _joined(text):
    return " ".join(text.split())


def _print_residue(what, listed, texts, folder):
    before, after = residue(listed, texts)
    left = {token: count for token, count in after.most_common() if count}
    table.share(
        f"latex: residue of {what} repaired", 1 - sum(after.values()) / sum(before.values()), aim=0.95
    )
    lines = [f"{token}\t{before[token]}\t{count}" for token, count in left.items()]
    (folder / f"left-{listed.name}").write_text("\n".join(["token\tbefore\tleft", *lines]), encoding="utf-8")


def _print_changes(texts, folder):
    found = list(changes(texts))
    wrong = [change for change in found if is_changed_english(change[1], change[2])]
    lines = ["\t".join((left, " ".join(was), " ".join(became), right)) for left, was, became, right in found]
    (folder / "changes.tsv").write_text("\n".join(lines), encoding="utf-8")
    table.count("latex: changed plain English words", len(wrong), aim=0)
    for left, was, became, right in wrong[:20]:
        print(f"    {left} [{' '.join(was)} → {' '.join(became)}] {right}")


def _print_time(texts):
    """An ordinary abstract of 1,200 characters against one look at each of its characters by a pattern."""
    ordinary = [text for text in texts if 1100 < len(text) < 1300 and not suspicious(text)]
    look = re.compile("[\\\\{}$^_`~\x00]").search
    own = min(_seconds(readable, ordinary) for _ in range(7))
    theirs = min(_seconds(look, ordinary) for _ in range(7))
    table.slower("latex: an ordinary abstract", own, "one pattern of characters", theirs, aim=5)


def _seconds(function, texts):
    began = time.process_time()
    for text in texts:
        function(text)
    return (time.process_time() - began) / len(texts)


def main():
    if absent := missing():
        sys.exit(f"latex: skipped, {absent[0]} is not here")
    folder = Path(tempfile.mkdtemp(prefix="latex-"))
    for half, (same, pairs) in agreement().items():
        table.share(f"latex: pairs that become one, {half} ({pairs})", same / pairs, aim=0.95)
    papers = paper_texts()
    _print_residue("the seeds", SEED_RESIDUE, seed_texts(), folder)
    _print_residue("papers.dev", PAPERS_RESIDUE, papers, folder)
    _print_changes(papers, folder)
    _print_time(papers)
    print(f"latex: what is left and what changed stand in {folder}")


if __name__ == "__main__":
    main()
