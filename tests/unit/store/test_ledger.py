"""Evidence as the ledger keeps it: JSON put together from parts is the JSON of the whole."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Evidence, EvidenceKind, Field, Interest, Match
from digest.store.ledger import NewIssue, packed_evidence, packed_issues, unpacked_evidence
from tests.builders import issue, known, match, subscriber

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
interests = st.builds(
    Interest,
    text=words,
    weight=st.sampled_from([1.0, 2.0, 0.1, -1.0]),
    field=st.sampled_from(Field),
    within=st.none() | st.integers(0, 50),
)


@st.composite
def evidence(draw):
    kind = draw(st.sampled_from(EvidenceKind))
    return Evidence(
        interest=None if kind is EvidenceKind.LEARNED else draw(interests),
        field=draw(st.sampled_from(Field)),
        words=tuple(draw(st.lists(words, max_size=3))),
        points=draw(st.floats(-100, 100)),
        spans=tuple(draw(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=3))),
        kind=kind,
    )


@given(st.lists(st.lists(evidence(), max_size=4), max_size=3))
def test_reasons_come_back_as_they_were(reasons):
    texts = packed_evidence(reasons)
    assert [[unpacked_evidence(one) for one in json.loads(text)] for text in texts] == reasons


def with_own_matches(whole):
    sections = [replace(each, matches=tuple(map(replace, each.matches))) for each in whole.sections]
    return replace(whole, sections=tuple(sections))


def test_issues_that_share_matches_have_the_lines_that_each_would_have():
    shared, own, none = match(known(1)), match(known(2), score=60), Match(paper=known(3), score=0.0)
    new = [
        NewIssue(issue=issue(picks=picks, trending=[none], reader=subscriber(id=n)), cut={}, newest_paper=3)
        for n, picks in enumerate(([shared, own], [own, shared], [shared]), 1)
    ]
    together, again = packed_issues(new), packed_issues(new)
    # nothing is known of these, for they are others
    copies = [replace(one, issue=with_own_matches(one.issue)) for one in new]
    assert together == again == [packed_issues([one])[0] for one in copies]
    for one, each in zip(new, together, strict=True):
        reasons = [m.evidence for section in one.issue.sections for m in section.matches]
        assert [tuple(map(unpacked_evidence, json.loads(line[-1]))) for line in each.lines] == reasons
