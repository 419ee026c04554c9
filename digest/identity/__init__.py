"""Every name of a paper, strongest first, and when two sightings are one paper.

Keys are canonical strings: `arxiv:2501.01234` (no version), `doi:10.1000/x`, `title:2:...` where 2
is the version of the title normaliser. An arXiv id or DOI belongs to one paper; a title may belong
to several, so a title never ties papers whose ids differ. Ids are taken from a record's own fields
and links only: an id that an abstract mentions in its prose is another paper's.

Records without a common key may be one paper too: `blocks` finds the few that are worth comparing,
`same` compares them, and `resolve` decides from keys and likenesses.
"""

from digest.identity.arxiv import arxiv_id
from digest.identity.blocks import BLOCKS_VERSION, blocks
from digest.identity.dois import doi
from digest.identity.merging import ELSE, Attested, Origins, is_abstract, merge
from digest.identity.naming import conflict, ids, is_strong, keys, parse_key
from digest.identity.near import Confirmation, Likeness, differ, same, strangers
from digest.identity.register import Place, Register
from digest.identity.resolving import Resolution, resolve
from digest.identity.titles import TITLE_NORMALISER, title_key

__all__ = [
    "BLOCKS_VERSION",
    "ELSE",
    "TITLE_NORMALISER",
    "Attested",
    "Confirmation",
    "Likeness",
    "Origins",
    "Place",
    "Register",
    "Resolution",
    "arxiv_id",
    "blocks",
    "conflict",
    "differ",
    "doi",
    "ids",
    "is_abstract",
    "is_strong",
    "keys",
    "merge",
    "parse_key",
    "resolve",
    "same",
    "strangers",
    "title_key",
]
