"""What reference managers export, and lists of ids: read as a person would, whatever is broken in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Severity
from digest.sources import read_library


def read(text, name="refs.bib", **options):
    return read_library(text.encode() if isinstance(text, str) else text, name=name, **options)


def only(text):
    """The one paper of a library without problems."""
    found = read(text)
    assert found.problems == ()
    (reference,) = found.references
    return reference.paper


def told(library):
    return [(p.where, p.severity.value, p.what) for p in library.problems]


# ── BibTeX ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("{Plain Words}", "Plain Words"),
        ('"Plain Words"', "Plain Words"),
        ("{{Kept} {C}ase}", "Kept Case"),
        ('"A {\\"O}sterreich"', "A Österreich"),
        (r"{Schr{\"o}dinger, G{\'e}rard, {\c c}a, Erd{\H o}s}", "Schrödinger, Gérard, ça, Erdős"),
        (r"{50\% of $L^2$ \& more}", "50% of L² & more"),
        ("{Tied~Words --- here}", "Tied Words — here"),
        ("{Over\n   two lines}", "Over two lines"),
        ("{Left} # { and } # right", "Left and Right Hand"),
        ("{Braces \\{ as they are \\}}", "Braces as they are"),
    ],
    ids=lambda value: value[:20],
)
def test_a_title_is_read_as_it_is_printed(written, title):
    paper = only(f"@string{{right = {{Right Hand}}}}\n@article{{key, title = {written}, year = 2020}}")

    assert " ".join(paper.title.split()) == title


@pytest.mark.parametrize(
    ("fields", "arxiv_id", "doi"),
    [
        ("eprint={1706.03762v5}, archivePrefix={arXiv}", "1706.03762", None),
        ("eprint={hep-th/9901001}, eprinttype={arxiv}", "hep-th/9901001", None),
        ("eprint={2346178}, eprinttype={jstor}", None, None),
        ("journal={arXiv preprint arXiv:1706.03762}", "1706.03762", None),
        ("journal={CoRR}, volume={abs/1706.03762}", "1706.03762", None),
        ("note={arXiv: 1706.03762 [cs.CL]}", "1706.03762", None),
        ("url={https://arxiv.org/pdf/1706.03762.pdf}", "1706.03762", None),
        ("doi={10.48550/arXiv.1706.03762}", "1706.03762", None),
        (r"doi={https://doi.org/10.1000/A\_b}", None, "10.1000/a_b"),
        ("doi=10.1000/x, url={https://publisher.example/~page}", None, "10.1000/x"),
        ("note={As arXiv:1706.03762 shows, " + "much follows from it. " * 20 + "}", None, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_ids_are_found_where_reference_managers_put_them(fields, arxiv_id, doi):
    paper = only(f"@misc{{key, title={{On Ids}}, {fields}}}")

    assert (paper.arxiv_id, paper.doi) == (arxiv_id, doi)


def test_an_entry_brings_all_that_ranking_needs():
    paper = only(
        "Exported by hand.\n"
        "@inproceedings(\n"
        "  lovelace1843,\n"
        "  author = {Lovelace, Ada and {Analytical Society} and others},\n"
        "  title = {Slow Rivers}, subtitle = {Fast Boats},\n"
        "  abstract = {Braided channels.}\n"
        ")"
    )

    assert (paper.title, paper.abstract) == ("Slow Rivers: Fast Boats", "Braided channels.")
    assert paper.authors == ("Ada Lovelace", "Analytical Society")


def test_comments_hide_nothing_and_bring_nothing():
    found = read(
        "Write to someone@reader.example (soon).\n"
        '@comment{jabref-meta: {grouping} }\n@preamble{"\\newcommand{\\x}[1]{#1}"}\n'
        "@comment{ not closed\n@article{a, title={First}}\n"
        "@article{b,\n  % title={Hidden},\n  title={Second}}"
    )

    assert [r.paper.title for r in found.references] == ["First", "Second"]
    assert found.problems == ()


BROKEN = r"""@article{good, title={Good}}
@article{nothing, year={2020}}
@article{lone,
  abstract = {A lone { brace},
  title = {Lone Brace},
  doi = {10.1000/lone}
}
@article{glued title={Glued}}
@article(round, title={Round}}
@article{quote, title={Quoted}, note="never closed }
@article{last, title={Last}, abstract={cut off"""


def test_a_broken_entry_costs_itself_and_is_named_with_its_line():
    found = read(BROKEN)

    assert [(r.where, r.paper.title) for r in found.references] == [
        ("refs.bib:1", "Good"),
        ("refs.bib:3", "Lone Brace"),
        ("refs.bib:9", "Round"),
        ("refs.bib:10", "Quoted"),
        ("refs.bib:11", "Last"),
    ]
    assert found.references[1].paper.doi == "10.1000/lone"
    assert told(found) == [
        ("refs.bib:2", "lost", "entry nothing: neither a title nor an arXiv id nor a DOI"),
        ("refs.bib:3", "note", "entry lone: a brace is not closed; the rest was read"),
        ("refs.bib:8", "lost", "an entry: no field where one should stand"),
        ("refs.bib:9", "note", "entry round: its brackets do not fit; the rest was read"),
        ("refs.bib:10", "note", "entry quote: a quote is not closed; the rest was read"),
        ("refs.bib:11", "note", "entry last: a brace is not closed; the rest was read"),
    ]


def test_macros_of_macros_stay_bounded():
    doubling = "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 200))
    found = read("@string{a0 = {word }}\n" + doubling + "@article{x, doi={10.1000/x}, title = a199}")

    assert [(r.paper.title, r.paper.doi) for r in found.references] == [("", "10.1000/x")]


# ── the other forms ───────────────────────────────────────────────────────────────────────────


def test_csl_json_is_read_and_a_broken_object_costs_itself():
    good = {
        "id": "rivers",
        "title": "Slow <i>Rivers</i>",
        "abstract": "Braided.",
        "author": [{"given": "Ada", "family": "Lovelace"}, {"literal": "A Society"}],
        "DOI": "10.1000/slow",
        "note": "arXiv:1706.03762 [cs]",
    }
    text = json.dumps([good, {"title": 3}, {"title": "Last", "URL": "https://arxiv.org/abs/1810.04805"}])
    found = read(text.replace("]}, {", "]}, {bad json}, {", 1)[:-1] + ', {"title": "cut', name="zotero.json")

    assert found.format == "csl-json"
    assert [r.paper.title for r in found.references] == ["Slow Rivers", "Last"]
    first = found.references[0].paper
    assert (first.arxiv_id, first.doi, first.authors) == (
        "1706.03762",
        "10.1000/slow",
        ("Ada Lovelace", "A Society"),
    )
    assert [where for where, severity, _ in told(found) if severity == "lost"] == [
        "zotero.json, record 2",
        "zotero.json, record 4",
    ]


def test_a_table_of_zotero_is_read_with_quotes_and_line_breaks():
    found = read(
        '"Key","Item Type","Title","DOI","Url","Abstract Note","Extra","Author"\n'
        '"A1","preprint","On ""Things""","","http://arxiv.org/abs/1706.03762","Two\nlines","","Ada L.; B"\n'
        '"B2","note","","","","","",""\n'
        '"C3","article","Last","10.1000/x","","","","",""\n',
        name="zotero.csv",
    )

    assert [(r.where, r.paper.title) for r in found.references] == [
        ("zotero.csv:2", 'On "Things"'),
        ("zotero.csv:5", "Last"),
    ]
    first = found.references[0].paper
    assert (first.arxiv_id, first.abstract, first.authors) == (
        "1706.03762",
        "Two lines",
        ("Ada L.", "B"),
    )
    assert told(found) == [("zotero.csv:4", "lost", "entry B2: neither a title nor an arXiv id nor a DOI")]


def test_ris_is_read_with_wrapped_lines():
    found = read(
        "TY  - JOUR\r\nTI  - Slow Rivers,\r\n   Fast Boats\r\nAU  - Lovelace, Ada\r\nDO  - 10.1000/slow\r\n"
        "AB  - Braided.\r\nER  - \r\n\r\nTY  - JOUR\r\nT1  - Second\r\nTY  - A\r\nN2  - None\r\nER  -\r\n",
        name="export.ris",
    )

    assert [r.paper.title for r in found.references] == ["Slow Rivers, Fast Boats", "Second"]
    first = found.references[0].paper
    assert (first.doi, first.abstract, first.authors) == ("10.1000/slow", "Braided.", ("Ada Lovelace",))
    assert [(where, severity) for where, severity, _ in told(found)] == [
        ("export.ris:9", "note"),
        ("export.ris:11", "lost"),
    ]


def test_a_list_of_ids_may_have_bullets_numbers_and_remarks():
    found = read(
        "# mine\n1. arXiv:1706.03762\n- https://arxiv.org/abs/1810.04805v2 a remark\n10.1000/x, another\n"
        "[4] arXiv: hep-th/9901001\nOnly a Title of 2020\n",
        name="ids.txt",
    )

    assert [r.paper.arxiv_id or r.paper.doi for r in found.references] == [
        "1706.03762",
        "1810.04805",
        "10.1000/x",
        "hep-th/9901001",
    ]
    assert told(found) == [("ids.txt:6", "lost", "neither an arXiv id nor a DOI: “Only a Title of 2020”")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"Dear reader, these are words.\n", "BibTeX"),
        (b"@article{a, title={caf\xe9}}", "UTF-8"),
        (b"\x00\x01\x02" * 50, "control bytes"),
        (b"%PDF-1.7\n1 0 obj\n", "no library"),
        (b"<rdf:RDF></rdf:RDF>", "no library"),
    ],
)
def test_what_is_no_library_is_refused_with_a_reason(data, says):
    found = read(data, name="file")

    assert (found.format, found.references) == ("unknown", ())
    assert [(p.where, p.severity) for p in found.problems] == [("file", Severity.FATAL)]
    assert says in found.problems[0].what


def test_a_library_in_utf_16_and_one_with_a_mark_are_read():
    text = "@article{a, title={Größe}}"

    assert only(text.encode("utf-16")).title == "Größe"
    assert only(b"\xef\xbb\xbf" + text.encode()).title == "Größe"


# ── hostile ───────────────────────────────────────────────────────────────────────────────────


def test_only_so_many_papers_and_problems_are_told():
    entries = "".join(f"@article{{k{n}, title={{Number {n}}}}}\n" for n in range(30))
    few = read(entries, most=10)
    broken = read("@article{x, year=1}\n" * 150 + entries)

    assert len(few.references) == 10
    assert told(few) == [("refs.bib:11", "lost", "only the first 10 papers were taken")]
    assert len(broken.references) == 30
    assert len(broken.problems) == 101
    assert broken.problems[-1].what == "50 more such"


def test_texts_that_no_person_wrote_do_not_count():
    endless = "word " * 30_000
    paper = only(f"@article{{a, title={{Good}}, abstract={{{endless}}}, author={{{endless}}}}}")

    assert (paper.title, paper.abstract, paper.authors) == ("Good", "", ())


def test_what_could_act_is_not_in_names_and_titles():
    found = read(
        "@article{a\x1b[31m, title={Red \x1b[31m and \u202eturned}}\n@misc{b\x1b[2J, year=1}", name="x\x1b[2J"
    )

    texts = [found.name, *(r.paper.title for r in found.references), *(t for p in told(found) for t in p)]
    assert all(text.isprintable() for text in texts)
    assert found.references[0].paper.title.startswith("Red")


HOSTILE = [
    "@article{" * 9_000,
    "@comment{" * 9_000,
    "@comment{\n" * 9_000,
    "@article{a, title={" + "{" * 90_000,
    "@article{a, title={" + "\\" * 90_000 + "}}",
    "@article{a,\n" + "t = {\n" * 9_000,
    '@article{a, t = "' + '\n x = "' * 9_000,
    "@article{a" + "," * 90_000,
    "@article{a," + " " * 90_000 + "!",
    "\n@a{" * 20_000,
    "@article{a, title={x}, author={" + " and " * 3_000 + "}}",
    "@article{a, title={" + "$x{" * 1_000 + "}}",
    "TY  - \n" * 9_000,
    "TY  - a\nTI  - b\n" + "x\n" * 90_000,
    "[" + "{" * 90_000,
    '[{"title":"' + "a" * 90_000,
    "title,doi\n" + '"' * 90_001,
    'title,doi\n"' + "a" * 200_000 + '",b\n',
    "1706.03762\n" + "a\n" * 20_000,
    "1706.03762 " * 9_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16].strip())
def test_hostile_libraries_end_in_few_papers_and_few_problems(text):
    found = read(text)

    assert len(found.references) <= 2
    assert len(found.problems) <= 101


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data):
    found = read(data)

    assert found.references or found.problems


PIECES = [
    "@article{k,",
    "@string{m =",
    "title",
    " = ",
    "{",
    "}",
    '"',
    ",",
    "#",
    "\\",
    "\n",
    "TY  - ",
    "[",
    '{"title":',
    "m",
    "%",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from(["", "@article{a, ", "["])
)
def test_any_pieces_of_libraries_are_read_without_an_error(text, before):
    found = read(before + text)

    assert all(r.paper.title or r.paper.arxiv_id or r.paper.doi for r in found.references)
    assert all(p.where.startswith("refs.bib") for p in found.problems)
