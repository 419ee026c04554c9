"""Words of a page's frame: navigation, buttons, footer. None of them is a paper's title."""

from __future__ import annotations

from digest.text import join_space

_WORDS = """
about | abstract | ai apps | all | arxiv page | authors | blog | blog articles | bookmark | buckets |
buttons | careers | changelog | collections | comments | community | company | contact | copy link |
daily | daily papers | daily papers - hugging face | datasets | discord | docs | documentation | download
| endpoints | enterprise | enterprise hub | feed | feedback | following | forum | get started | hidden
links | hugging face | hugging face – the ai community building the future. | hugging face's logo |
huggingface | images | inference endpoints | inference providers | jobs | join | languages | learn |
legal | linkedin | links | links/buttons: | load more | log in | log out | login | menu | models |
monthly | more | navigation | new | newsletter | next | organizations | papers | posts | press | previous
| pricing | privacy | privacy policy | profile | recent | references | resources | search | see all | see
more | service status | settings | share | show more | sign in | sign up | skip to content | social |
solutions | spaces | storage | storage buckets | subscribe | summary | system theme | tasks | team | team
& enterprise | terms | terms of service | this week | today | top | tos | trending | trending papers |
trending papers - hugging face | tutorials | twitter | upvote | upvotes | view all | view arxiv page |
view pdf | visible links | website | weekly | yesterday | your papers
"""
_FRAME = frozenset(join_space(word) for word in _WORDS.split("|"))


def is_frame(text: str) -> bool:
    """Whether `text` is a word of the frame and nothing else."""
    return text.casefold() in _FRAME
