"""Evidence as the ledger keeps it: JSON put together from parts is the JSON of the whole."""

import json

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Evidence, EvidenceKind, Field, Interest
from digest.store.ledger import packed_evidence, unpacked_evidence

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
