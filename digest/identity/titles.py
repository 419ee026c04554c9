"""The key of a title: what stays when spelling and typesetting do not count."""

from __future__ import annotations

import hashlib
import re

from digest.model import PaperKey
from digest.text import fold, join_space

#: raised whenever `title_key` would answer differently; stored keys are then computed anew
TITLE_NORMALISER = 1

_TITLE_VERSION = re.compile(r"\s*[(\[]\s*v(?:ersion)?\.?\s*\d+\s*[)\]]\s*$")
_NOT_IN_TITLE_KEY = re.compile(r"[^\w+#]|_")
_LONGEST_TITLE_KEY = 200


def title_key(title: str) -> PaperKey:
    """The key of a title: case, accents, white space, punctuation and a trailing `(v2)` do not count.

    `+` and `#` do count: `EvTexture++` is not `EvTexture`. Long titles end in a digest of the rest.
    """
    folded = fold(join_space(title))
    normal = _NOT_IN_TITLE_KEY.sub("", _TITLE_VERSION.sub("", folded))
    if not normal:
        normal = "~" + _digest(folded)
    elif len(normal) > _LONGEST_TITLE_KEY:
        normal = normal[: _LONGEST_TITLE_KEY - 40] + "~" + _digest(normal)
    return f"title:{TITLE_NORMALISER}:{normal}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
