"""DOIs in the forms that sources and people write them."""

from __future__ import annotations

import re
from urllib.parse import unquote

#: longer texts are no DOIs, whatever they begin with
_LONGEST = 1_000
_DOI = re.compile(r"(?:urn:doi:|info:doi/|doi:?\s{0,3})?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_RESOLVER = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.|dx\.)?doi\.org/(?:doi:)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE
)
#: a publisher's page of one paper, whose address holds the DOI: ACM, Wiley, ACS, Science and many more
_PUBLISHER = re.compile(
    r"(?:(?:https?:)?//)?[a-z0-9.-]{4,80}/(?:doi|content|article|chapter)/"
    r"(?:abs/|full/|fullhtml/|pdf/|epdf/|pdfdirect/|abstract/|book/)?(10\.\d{4,9}/[^\s?#]+)",
    re.IGNORECASE,
)
#: versions of a preprint have names of their own with some; the paper is what they share
_VERSION = re.compile(
    r"(10\.\d{4,9}/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})v\d{1,3}(?:\.[a-z+-]+)*"  # bioRxiv, medRxiv
    r"|(10\.21203/rs\.\d\.rs-\d+)/v\d{1,3}"  # Research Square
    r"|(10\.26434/chemrxiv-[a-z0-9-]+?)-v\d{1,3}"  # ChemRxiv
    r"|(10\.20944/preprints\d+\.\d+)\.v\d{1,3}"  # Preprints.org
)
_TAIL = re.compile(r"(?:\.pdf|\.full|\.abstract|/full|/pdf|/abstract|/epdf)+$")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def doi(text: str) -> str | None:
    """The DOI that `text` is (bare, `doi:` or link), in lower case and without a preprint's version.

    `None` for anything else.
    """
    text = text.strip()
    if len(text) > _LONGEST or "10." not in text:
        return None
    text = text.lstrip("<([{\"'“‘ ")
    return _of_link(text) or _of_name(text)


def _of_link(text: str) -> str | None:
    link = unquote(re.split("[?#]", text, maxsplit=1)[0])
    if found := _RESOLVER.fullmatch(link):
        return _canonical(found[1])
    if found := _PUBLISHER.fullmatch(link):
        return _canonical(_TAIL.sub("", found[1]))
    return None


def _of_name(text: str) -> str | None:
    found = _DOI.fullmatch(text) or ("%" in text and _DOI.fullmatch(unquote(text)))
    return _canonical(found[1]) if found else None


def _canonical(name: str) -> str | None:
    name = _without_punctuation(name.casefold())
    if found := _VERSION.fullmatch(name):
        name = next(filter(None, found.groups()))
    return name if name.partition("/")[2] else None


def _without_punctuation(name: str) -> str:
    """`name` without what follows it in a sentence; a closing bracket that was opened inside stays."""
    while name and (name[-1] in ".,;:!?'\"“”‘’*" or (name[-1] in _BRACKETS and _unopened(name))):
        name = name[:-1]
    return name


def _unopened(name: str) -> bool:
    return name.count(name[-1]) > name.count(_BRACKETS[name[-1]])
