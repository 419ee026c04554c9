"""One paper from two sightings."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Paper


def merge(old: Paper, new: Paper) -> Paper:
    """One paper from two sightings: the longer abstract, the newer counts, and whatever only one knows."""
    return replace(
        old,
        abstract=new.abstract if len(new.abstract) > len(old.abstract) else old.abstract,
        authors=new.authors if len(new.authors) > len(old.authors) else old.authors,
        author_count=new.author_count if old.author_count is None else old.author_count,
        organization=old.organization or new.organization,
        arxiv_id=old.arxiv_id or new.arxiv_id,
        doi=old.doi or new.doi,
        url=old.url or new.url,
        code_url=old.code_url or new.code_url,
        project_url=old.project_url or new.project_url,
        stars=old.stars if new.stars is None else new.stars,
        upvotes=old.upvotes if new.upvotes is None else new.upvotes,
        comments=old.comments if new.comments is None else new.comments,
        keywords=old.keywords or new.keywords,
        summary=old.summary or new.summary,
        published=old.published or new.published,
        listed=min(filter(None, (old.listed, new.listed)), default=None),
    )
