"""arXiv ids in the forms that sources and people write them.

Ids have two shapes: `YYMM.number` since April 2007, with four digits until 2014 and five from 2015,
and `archive/YYMMnnn` before, where a subject class (`math.AG/0501001`) is no part of the id. Source:
https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
from urllib.parse import unquote

#: longer texts are no ids, whatever they begin with
_LONGEST = 1_000

#: every archive that ever gave ids of the old shape
_NAMES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs"
    " dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol"
    " physics plasm-ph q-alg q-bio quant-ph solv-int supr-con"
)
_ARCHIVES = frozenset(_NAMES.split())
_ID = (
    r"(?:(?P<month>\d{4})\.(?P<number>\d{4,5})"
    r"|(?P<archive>[a-z]{1,7}(?:-[a-z]{1,5})?)(?:\.[a-z]{2}|\.[a-z]{3,7}-[a-z]{2,5})?/(?P<old>\d{7}))(?:v\d{1,3})?"
)
_HOSTS = (
    r"(?:(?:www\.|export\.|browse\.|[a-z]{2}\.)?arxiv\.org(?::\d+)?/(?:abs|pdf|html|format|ps|e-print|src)"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers|(?:www\.)?alphaxiv\.org/(?:abs|pdf|overview)"
    r"|ar5iv\.labs\.arxiv\.org/html|(?:www\.)?ar5iv\.(?:labs\.arxiv\.org|org)/(?:abs|html|pdf))"
)
_LINK = re.compile(
    rf"(?:(?:https?:)?//)?{_HOSTS}/(?:arxiv:)?{_ID}(?:\.pdf|\.ps|\.html|\.md)?(?:[?#/].*)?", re.IGNORECASE
)
#: `arXiv:2607.01234v1 [cs.CL]` is how arXiv stamps a paper
_NAME = re.compile(
    rf"(?:oai:arxiv\.org:|info:arxiv/|arxiv:\s?|arxiv\s)?{_ID}(?:\s\[[a-z.-]{{2,20}}\])?", re.IGNORECASE
)
_DOI = re.compile(
    rf"(?:(?:(?:https?:)?//)?(?:www\.|dx\.)?doi\.org/|(?:info:)?doi[:/]\s?)?10\.48550/arxiv\.{_ID}(?:[?#].*)?",
    re.IGNORECASE,
)
_QUOTES = " \t\r\n<>()[]{}\"'`“”‘’.,;"


def arxiv_id(text: str) -> str | None:
    """The arXiv id that `text` is (id, link, OAI or DOI form), without version and subject class.

    `None` for anything else, prose that mentions an id and impossible months included.
    """
    text = text.strip()
    if len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return None
    if "%" in text:
        text = unquote(text)
    return _known(text) or _known(text.strip(_QUOTES))


def _known(text: str) -> str | None:
    found = _NAME.fullmatch(text) or _LINK.fullmatch(text) or _DOI.fullmatch(text)
    if not found:
        return None
    if archive := found["archive"]:
        return _old(archive.casefold(), found["old"])
    return _new(found["month"], found["number"])


def _new(month: str, number: str) -> str | None:
    digits = 4 if month < "1501" else 5
    possible = month >= "0704" and "01" <= month[2:] <= "12" and len(number) == digits
    return f"{month}.{number}" if possible else None


def _old(archive: str, number: str) -> str | None:
    # from August 1991 to March 2007; years of two digits
    years = "91" <= number[:2] <= "99" or number[:4] <= "0703"
    possible = archive in _ARCHIVES and years and "01" <= number[2:4] <= "12"
    return f"{archive}/{number}" if possible else None
