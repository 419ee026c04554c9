"""Blocks: a few short strings of a title, so that papers that may be one share at least one.

A block is a pair of neighbouring telling words, each cut to its first letters; of all pairs of a title
the four with the lowest check sums are taken, which are mostly the same ones in a similar title.
"""

from __future__ import annotations

import re
from itertools import pairwise
from zlib import crc32

from digest.identity.titles import plain_title
from digest.model import Paper

#: raised whenever `blocks` would answer differently; stored blocks are then computed anew
BLOCKS_VERSION = 1
MOST_BLOCKS = 4

#: what a title is clipped to before words are taken; no real one is longer
LONGEST_TITLE = 500
_LETTERS = 5
_WORD = re.compile(r"[^\W_]+")
#: words of so many titles of the field that they tell little; not a matter of language alone
_COMMON = (
    "the and for with via from using based towards toward through into over under beyond between among"
    " when how what why can are not its their your all one new case study survey review analysis approach"
    " approaches method methods framework system systems model models modeling modelling language large"
    " small vision visual image images video videos audio speech text multimodal multi modal cross self"
    " learning deep machine neural network networks transformer transformers diffusion generative"
    " generation generating generated training trained tuning fine free aware driven guided augmented"
    " enhanced enhancing improving efficient effective robust adaptive dynamic unified scalable fast high"
    " low level scale scaling real time data dataset datasets benchmark benchmarking evaluation evaluating"
    " understanding reasoning knowledge agent agents agentic llm llms human world task tasks long context"
    " domain open zero few shot end semantic spatial temporal attention representation representations"
    " feature features detection segmentation recognition classification prediction estimation"
    " reconstruction synthesis editing retrieval alignment adaptation optimization reinforcement"
    " supervised policy prompt token memory graph object scene view motion action gaussian information"
    " foundation test inference latent space question answering chain thought point cloud autonomous"
    " driving super resolution quality technical report flow"
)
_COMMON_WORDS = frozenset(_COMMON.split())


def blocks(paper: Paper) -> tuple[str, ...]:
    """At least one and at most four short strings; near-duplicates nearly always have one in common."""
    found = _WORD.findall(plain_title(paper.title[:LONGEST_TITLE]))
    telling = [word[:_LETTERS] for word in found if len(word) > 2 and word not in _COMMON_WORDS]
    telling = telling or [word[:_LETTERS] for word in found]
    pairs = {f"{a}+{b}" if a < b else f"{b}+{a}" for a, b in pairwise(telling)}
    names = pairs or set(telling) or {"-"}
    if len(names) <= MOST_BLOCKS:
        return tuple(sorted(names))
    return tuple(sorted(names, key=_check_sum)[:MOST_BLOCKS])


def _check_sum(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass"))
