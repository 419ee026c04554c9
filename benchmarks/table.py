"""One line for each figure, all in the same columns."""

_ROW = "{:<44} {:>11}   {:<44} {:>11} {:>9}  {:<11} {}"


def heading():
    line = _ROW.format("what", "measured", "reference", "measured", "ratio", "aim", "")
    return f"{line}\n{'-' * len(line)}"


def slower(what, own, reference, theirs, *, aim):
    """Print how many times as long as the reference we take; `aim` is the most allowed."""
    ratio = own / theirs
    _print(what, seconds(own), reference, seconds(theirs), ratio, f"at most {aim:g}", ratio <= aim)


def faster(what, own, reference, theirs, *, aim):
    """Print how many times as fast as the reference we are; `aim` is the least wanted."""
    ratio = theirs / own
    _print(what, seconds(own), reference, seconds(theirs), ratio, f"at least {aim:g}", ratio >= aim)


def memory(what, own, reference, theirs, *, aim):
    """Print peak memory in MB (10^6 bytes); `aim` is the most allowed, and no ratio."""
    text, other = f"{own / 1e6:.0f} MB", f"{theirs / 1e6:.0f} MB"
    _print(what, text, reference, other, own / theirs, f"{aim:g} MB", own <= aim * 1e6)


def count(what, own, *, aim):
    """Print a number of things; `aim` is the most allowed."""
    _print(what, f"{own:,}", "", "", None, f"at most {aim:,}", own <= aim)


def figure(what, own, reference="", theirs=None):
    """Print a time, and its share of another where given, that has no aim."""
    ratio = own / theirs if theirs else None
    _print(what, seconds(own), reference, seconds(theirs) if theirs else "", ratio, "", None)


def share(what, own, *, aim=None):
    """Print a share of 1; `aim` is the least wanted."""
    wanted = "" if aim is None else f"at least {aim:g}"
    _print(what, f"{own:.4f}", "", "", None, wanted, None if aim is None else own >= aim)


def seconds(value):
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.1f} ms" if value >= 0.001 else f"{value * 1e6:.0f} us"


def _print(what, own, reference, theirs, ratio, aim, met):  # noqa: PLR0917 - the columns
    shown = "" if ratio is None else f"{ratio:.2f}"
    verdict = "" if met is None else "ok" if met else "MISSED"
    print(_ROW.format(what, own, reference, theirs, shown, aim, verdict).rstrip(), flush=True)
