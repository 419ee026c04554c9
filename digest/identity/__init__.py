"""Every name of a paper, strongest first, and when two sightings are one paper.

Keys are canonical strings: `arxiv:2501.01234` (no version), `doi:10.1000/x`, `title:2:...` where 2
is the version of the title normaliser. An arXiv id or DOI belongs to one paper; a title may belong
to several, so a title never ties papers whose ids differ. Ids are taken from a record's own fields
and links only: an id that an abstract mentions in its prose is another paper's.
"""

from digest.identity.arxiv import arxiv_id
from digest.identity.dois import doi
from digest.identity.merging import merge
from digest.identity.naming import conflict, is_strong, keys, parse_key
from digest.identity.resolving import Resolution, resolve
from digest.identity.titles import TITLE_NORMALISER, title_key

__all__ = [
    "TITLE_NORMALISER",
    "Resolution",
    "arxiv_id",
    "conflict",
    "doi",
    "is_strong",
    "keys",
    "merge",
    "parse_key",
    "resolve",
    "title_key",
]
