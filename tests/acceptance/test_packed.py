"""Packed files through the whole command: what is in them counts, however it was packed."""

import gzip
import io
import zipfile

import zstandard


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_the_same_listing_packed_in_any_way_is_read_once(workspace, dumps, at):
    page = dumps[0].read_bytes()
    workspace.put(gzip.compress(page), name="a.gz")
    workspace.put(zstandard.compress(page), name="b.zst")
    workspace.put(page, name="c.txt")

    report = workspace.json("ingest", now=at(0))

    assert report["new"] == 90
    assert [(f["file"], f["new"], f["seen_before"]) for f in report["listings"]] == [
        ("a", 90, False),
        ("b", 0, True),
        ("c.txt", 0, True),
    ]


def test_a_zip_brings_a_listing_for_each_of_its_files(workspace, dumps, at):
    workspace.put(zipped({path.name: path.read_bytes() for path in dumps}), name="week.zip")

    report = workspace.json("ingest", now=at(0))

    assert len(report["listings"]) == 5
    assert report["read"] == 580
    assert report["new"] == 516


def test_what_cannot_be_unpacked_is_named_and_costs_the_rest_nothing(workspace, dumps, at):
    page = dumps[0].read_bytes()
    inner = zipped({"deep.zip": zipped({"deeper.zip": zipped({"page.txt": page})})})
    workspace.put(inner, name="nested.zip")
    workspace.put(zipped({"page.txt": page, "nested.zip": inner}), name="week.zip")

    done = workspace("ingest", now=at(0), code=4)

    assert "inside a packed file" in done.stderr
    assert workspace.json("status")["papers"] == 90
    state = {row["source"]: row["health"] for row in workspace.json("status")["sources"]}
    assert state == {"inbox": "broken"}  # of the worst file: nothing at all came out of nested.zip


def test_a_packed_file_that_was_cut_gives_what_is_there(workspace, dumps, at):
    packed = gzip.compress(dumps[0].read_bytes())
    workspace.put(packed[: len(packed) * 3 // 4], name="cut.gz")

    done = workspace("ingest", now=at(0), code=4)

    assert "cut" in done.stderr
    assert 0 < workspace.json("status")["papers"] < 90
