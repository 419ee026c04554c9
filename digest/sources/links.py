"""Code links that stand in an abstract's prose."""

from __future__ import annotations

import re

_PART = r"[A-Za-z0-9_.\-]{1,100}"
_START = r"(?:(?P<scheme>https?://)|(?<![\w.\-@/:]))(?:www\.)?"
_REST = r"(?:/[A-Za-z0-9_.\-~%/+#=&?@:]{0,300})?"
_FORGES = ("github.com/", "gitlab.com/", "bitbucket.org/", "codeberg.org/", "anonymous.4open.science/")
_FORGE = re.compile(
    rf"{_START}(?P<place>(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/"
    rf"(?!(?:about|apps|features|orgs|search|sponsors|topics)/){_PART}/{_PART}"
    rf"|anonymous\.4open\.science/r/{_PART}){_REST}",
    re.IGNORECASE | re.ASCII,
)
_HUBS = ("huggingface.co/",)
_HUB = re.compile(
    rf"{_START}(?P<place>huggingface\.co/(?!(?:papers|datasets|docs|blog|collections|posts|learn|tasks)/)"
    rf"(?:spaces/)?{_PART}/{_PART}){_REST}",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_START = len("https://www.")
_PUNCTUATION = ".,;:!?'\"-/"


def code_link(abstract: str) -> str | None:
    """The first link to a repository, else to a model, or `None`; http and https only.

    A link without a scheme (`github.com/owner/name`) gets `https://`. A name that ends in a hyphen
    was torn by white space in the source and is passed over: half a link leads nowhere.
    """
    if "/" not in abstract:
        return None
    lowered = abstract.lower()
    for hosts, pattern in ((_FORGES, _FORGE), (_HUBS, _HUB)):
        places = [at for host in hosts if (at := lowered.find(host)) >= 0]
        if not places:
            continue  # much quicker than the pattern, and nearly always the case
        # some capitals grow when they are lowered, and then places do not count
        start = max(0, min(places) - _LONGEST_START) if len(lowered) == len(abstract) else 0
        for found in pattern.finditer(abstract, start):
            link = found.group().rstrip(_PUNCTUATION)
            torn = found.group().endswith("-")
            if not torn and link.count("/") >= found["place"].count("/") + 2 * bool(found["scheme"]):
                return link if found["scheme"] else f"https://{link}"
    return None
