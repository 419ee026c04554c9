"""Views: what is computed from the papers' own texts, and made anew when the rules of a view change.

They are the readable title and abstract, the keys of titles, and the blocks by which near-duplicates meet.
Nothing is merged here: two papers whose titles have one key now share it, and stay two until a record
ties them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from digest.identity import BLOCKS_VERSION, TITLE_NORMALISER, blocks, title_key
from digest.model import Paper, PaperKey
from digest.repair import REPAIR_VERSION, shown
from digest.store.addition import NEAR_FOR
from digest.store.bulk import insert_all
from digest.store.tables import PAPER, PAPER_BLOCK, PAPER_KEY, VIEW

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is told the stage, how many steps of it are over, and how many there are."""


def silent(_stage: str, _done: int, _total: int, /) -> None:
    """Show nothing."""


VERSIONS = {"readable": REPAIR_VERSION, "titles": TITLE_NORMALISER, "blocks": BLOCKS_VERSION}
_PAPERS_AT_ONCE = 2_000
_IS_TITLE = PAPER_KEY.c.key.between("title:", "title;")


def are_current(connection: Connection) -> bool:
    """Whether every view was made by the present rules."""
    return _stale(connection) == set()


def _stale(connection: Connection) -> set[str]:
    made = {row.name: row.version for row in connection.execute(select(VIEW))}
    stale = {name for name, version in VERSIONS.items() if made.get(name) != version}
    # the other two are computed from readable titles
    return set(VERSIONS) if "readable" in stale else stale


def refresh(connection: Connection, progress: Progress) -> None:
    """Make the views anew whose rules changed, in the transaction of `connection`."""
    stale = _stale(connection)
    if not stale:
        return
    if "blocks" in stale:
        connection.execute(delete(PAPER_BLOCK))
    near_since = _near_since(connection)
    total = connection.scalar(select(func.count()).select_from(PAPER)) or 0
    done = 0
    for rows in _batches(connection):
        progress("bringing the archive up to date", done, total)
        titles = _make_readable(connection, rows) if "readable" in stale else {r.id: r.title for r in rows}
        if "titles" in stale:
            _make_title_keys(connection, titles)
        if "blocks" in stale:
            recent = [r.id for r in rows if near_since is None or r.first_seen >= near_since]
            _make_blocks(connection, {i: titles[i] for i in recent})
        done += len(rows)
    connection.execute(delete(VIEW))
    connection.execute(insert(VIEW), [{"name": name, "version": v} for name, v in VERSIONS.items()])


def _near_since(connection: Connection) -> datetime | None:
    newest: datetime | None = connection.scalar(
        select(PAPER.c.first_seen).order_by(PAPER.c.first_seen.desc()).limit(1)
    )
    return newest and newest - NEAR_FOR


def _batches(connection: Connection) -> Iterator[Sequence[Any]]:
    columns = (PAPER.c.id, PAPER.c.title, PAPER.c.abstract, PAPER.c.raw_title, PAPER.c.raw_abstract)
    query = select(*columns, PAPER.c.first_seen).order_by(PAPER.c.id).limit(_PAPERS_AT_ONCE)
    last_id = 0
    while rows := connection.execute(query.where(PAPER.c.id > last_id)).all():
        yield rows
        last_id = rows[-1].id


def _make_readable(connection: Connection, rows: Sequence[Any]) -> dict[int, str]:
    """Write the new readable texts where they differ; each paper's readable title."""
    titles: dict[int, str] = {}
    changed: list[dict[str, Any]] = []
    for row in rows:
        raw_title = row.title if row.raw_title is None else row.raw_title
        raw_abstract = row.abstract if row.raw_abstract is None else row.raw_abstract
        title, abstract = shown(raw_title) or row.title, shown(raw_abstract)
        titles[row.id] = title
        if (title, abstract) != (row.title, row.abstract):
            texts = {"title": title, "abstract": abstract}
            raws = {
                "raw_title": None if raw_title == title else raw_title,
                "raw_abstract": None if raw_abstract == abstract else raw_abstract,
            }
            changed.append({"this": row.id, **texts, **raws})
    if changed:
        connection.execute(update(PAPER).where(PAPER.c.id == bindparam("this")), changed)
    return titles


def _make_title_keys(connection: Connection, titles: Mapping[int, str]) -> None:
    old: dict[int, list[PaperKey]] = defaultdict(list)
    mine = PAPER_KEY.c.paper_id.in_(list(titles))
    for paper_id, key in connection.execute(
        select(PAPER_KEY.c.paper_id, PAPER_KEY.c.key).where(mine, _IS_TITLE)
    ):
        old[paper_id].append(key)
    connection.execute(delete(PAPER_KEY).where(mine, _IS_TITLE))
    rows = {
        (key, paper_id)
        for paper_id, title in titles.items()
        for key in (title_key(title), *_other_titles(old[paper_id]))
    }
    insert_all(connection, PAPER_KEY, sorted(rows), twice=True)


def _other_titles(old: Sequence[PaperKey]) -> Iterator[PaperKey]:
    """Keys of titles that are not stored: all there is of them is what the older rules left.

    Of a single key the title is stored. A title that ends in a digest cannot be taken further.
    """
    if len(old) < 2:
        return
    for key in old:
        text = key.split(":", 2)[2]
        yield f"title:{TITLE_NORMALISER}:{text}" if "~" in text else title_key(text)


def _make_blocks(connection: Connection, titles: Mapping[int, str]) -> None:
    rows = {(block, i) for i, title in titles.items() for block in blocks(Paper(title=title))}
    insert_all(connection, PAPER_BLOCK, sorted(rows), twice=True)
