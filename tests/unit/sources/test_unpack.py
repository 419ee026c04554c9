import gzip
import io
import struct
import zipfile
import zlib

import pytest
import zstandard

from digest.model import Problem, Severity
from digest.sources import Member, unpack

PAGE = b"Counting Terns from Their Shadows\n\nWe count terns by their shadows.\n" * 40
OTHER = b"Lighthouses That Drift\n\nTides carry the floating lights of an estuary.\n" * 40


def zipped(files, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def zstd(data, **options):
    return zstandard.ZstdCompressor(write_checksum=True, **options).compress(data)


def contents(found):
    return {one.name: one.data for one in found if isinstance(one, Member)}


def said(found):
    return [(one.where, one.severity) for one in found if isinstance(one, Problem)]


def words(found):
    return " | ".join(one.what for one in found if isinstance(one, Problem))


PACKED = {
    "gzip": (gzip.compress(PAGE), "monday.txt.gz"),
    "zstd": (zstd(PAGE), "monday.txt.zst"),
    "gzip of several parts": (gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]), "monday.txt.gz"),
    "zstd of several parts": (zstd(PAGE[:100]) + zstd(PAGE[100:]), "monday.txt.zst"),
    "gzip under another name": (gzip.compress(PAGE), "monday.txt"),
    "gzip filled with zeros": (gzip.compress(PAGE) + bytes(512), "monday.txt.gz"),
    "zstd with a part to be skipped": (
        zstd(PAGE) + b"\x50\x2a\x4d\x18\x04\x00\x00\x00rest",
        "monday.txt.zst",
    ),
    "no archive": (PAGE, "monday.txt"),
}


@pytest.mark.parametrize(("data", "name"), PACKED.values(), ids=PACKED.keys())
def test_a_packed_file_is_unpacked_by_its_bytes(data, name):
    assert unpack(data, name=name) == (Member(name="monday.txt", data=PAGE),)


def test_a_stream_of_unknown_length_is_unpacked():
    streamed = zstandard.ZstdCompressor(write_content_size=False).compressobj()

    assert contents(unpack(streamed.compress(PAGE) + streamed.flush(), name="a")) == {"a": PAGE}


def test_the_files_of_a_zip_come_by_name_without_what_nobody_put_there():
    files = {
        "b/tuesday.txt": OTHER,
        "monday.txt": PAGE,
        "b/": b"",
        ".DS_Store": b"x",
        "__MACOSX/._monday.txt": b"x",
    }
    found = unpack(zipped(files), name="week.zip")

    assert [one.name for one in found] == ["week.zip/b/tuesday.txt", "week.zip/monday.txt"]
    assert [one.data for one in found] == [OTHER, PAGE]


def test_a_zip_that_only_stores_is_unpacked():
    assert contents(unpack(zipped({"a": PAGE}, zipfile.ZIP_STORED), name="z")) == {"z/a": PAGE}


def test_an_archive_in_an_archive_is_opened_and_no_third():
    inner = gzip.compress(PAGE)
    files = {"monday.txt.gz": inner, "deep.gz": gzip.compress(inner), "tuesday.txt": OTHER}
    found = unpack(zipped(files), name="week.zip")

    assert contents(found) == {"week.zip/monday.txt": PAGE, "week.zip/tuesday.txt": OTHER}
    assert said(found) == [("week.zip/deep", Severity.LOST)]
    assert "inside a packed file inside a packed file" in words(found)


@pytest.mark.parametrize("packed", [gzip.compress(PAGE * 50, 0), zstd(bytes(range(256)) * 900, level=1) * 3])
def test_a_cut_stream_keeps_what_came_before_the_cut(packed):
    whole = contents(unpack(packed, name="a"))["a"]
    found = unpack(packed[: len(packed) * 2 // 3 - 3], name="a")

    assert said(found) == [("a", Severity.LOST)]
    assert "ends in its middle" in words(found)
    assert 0 < len(contents(found)["a"]) < len(whole)
    assert whole.startswith(contents(found)["a"])


def test_a_stream_that_is_cut_at_once_is_fatal():
    assert said(unpack(gzip.compress(PAGE)[:12], name="a.gz")) == [("a.gz", Severity.FATAL)]


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_broken_bytes_in_a_stream_are_named(pack):
    packed = pack(PAGE)
    found = unpack(packed[:20] + b"\xff" * 30 + packed[50:], name="a.gz")

    assert "broken" in words(found) or "ends in its middle" in words(found)


def test_something_else_behind_a_stream_is_named():
    found = unpack(gzip.compress(PAGE) + b"<html>", name="a.gz")

    assert contents(found) == {"a": PAGE}
    assert "something else follows" in words(found)


def test_a_cut_zip_keeps_the_files_before_the_cut():
    packed = zipped({"monday.txt": PAGE, "tuesday.txt": OTHER, "wednesday.txt": PAGE})
    found = unpack(packed[: packed.index(b"PK\x01\x02") - 20], name="week.zip")

    assert contents(found)["week.zip/monday.txt"] == PAGE
    assert contents(found)["week.zip/tuesday.txt"] == OTHER
    assert said(found) == [("week.zip", Severity.LOST), ("week.zip/wednesday.txt", Severity.LOST)]


def test_a_cut_zip_whose_sizes_stand_behind_the_files_is_read_too():
    class Pipe(io.RawIOBase):
        """What cannot seek, so that sizes come after the data."""

        def __init__(self):
            self.kept = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.kept += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("monday.txt", PAGE)
        archive.writestr("tuesday.txt", OTHER)
    cut = bytes(pipe.kept[: pipe.kept.index(b"PK\x01\x02")])

    assert contents(unpack(cut, name="z")) == {"z/monday.txt": PAGE, "z/tuesday.txt": OTHER}


def test_one_broken_file_does_not_cost_the_others():
    packed = bytearray(zipped({"a": PAGE, "b": OTHER, "c": PAGE}, zipfile.ZIP_STORED))
    packed[packed.index(OTHER) + 5] ^= 0xFF
    found = unpack(bytes(packed), name="z")

    assert contents(found)["z/a"] == contents(found)["z/c"] == PAGE
    assert said(found) == [("z/b", Severity.LOST)]


def test_an_encrypted_file_is_named_and_the_others_are_read():
    packed = bytearray(zipped({"a": PAGE, "b": OTHER}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    found = unpack(bytes(packed), name="z")

    assert contents(found) == {"z/b": OTHER}
    assert said(found) == [("z/a", Severity.LOST)]
    assert "encrypted" in words(found)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_is_not_read_is_named(method):
    assert "method" in words(unpack(zipped({"a": PAGE}, method), name="z"))


BOMBS = {
    "gzip": gzip.compress(bytes(6_000_000)),
    "zstd": zstd(bytes(6_000_000)),
    "zip": zipped({"a": bytes(6_000_000)}),
    "zip of zips": zipped({f"{i}.zip": zipped({"a": bytes(6_000_000)}) for i in range(5)}),
    "gzip of gzip": gzip.compress(gzip.compress(bytes(6_000_000))),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_by_its_ratio(data):
    found = unpack(data, name="bomb")

    assert not contents(found)
    assert "times its size" in words(found)


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_by_its_size(data):
    found = unpack(data, name="bomb", max_bytes=1_000_000)

    assert not contents(found)
    assert "more than the" in words(found)


def test_the_size_counts_for_all_files_together():
    found = unpack(zipped({"a": PAGE, "b": OTHER, "c": b"small"}), name="z", max_bytes=len(PAGE) + 10)

    assert contents(found) == {"z/a": PAGE, "z/c": b"small"}
    assert said(found) == [("z/b", Severity.LOST)]


def test_a_zip_whose_table_lies_about_a_size_is_not_believed():
    packed = bytearray(zipped({"a": PAGE}))
    struct.pack_into("<L", packed, packed.index(b"PK\x01\x02") + 24, 10)
    found = unpack(bytes(packed), name="z")

    assert len(contents(found).get("z/a", b"")) <= len(PAGE)
    assert said(found) == [("z/a", Severity.LOST)]


def test_overlapping_files_are_refused():
    packed = zipped({"a": PAGE})
    table = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    line = packed[table:end]
    tail = bytearray(packed[end:])
    struct.pack_into("<HHL", tail, 8, 3, 3, 3 * len(line))
    found = unpack(packed[:table] + line * 3 + bytes(tail), name="z")

    assert said(found) == [("z", Severity.FATAL)]
    assert "overlap" in words(found)


def test_more_files_than_anybody_puts_into_an_archive_are_cut():
    found = unpack(zipped({f"{i:05}": b"x" for i in range(1_100)}), name="z")

    assert len(contents(found)) == 1_000
    assert said(found) == [("z", Severity.LOST)]


def test_more_lines_than_a_table_should_have_are_not_read():
    assert "not read" in words(unpack(b"PK\x05\x06" + b"PK\x01\x02" * 20_001, name="z"))


def test_very_many_parts_are_cut():
    assert "parts" in words(unpack(gzip.compress(b"x") * 10_001, name="a.gz"))


REFUSED = {
    "bzip2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\x00\x00",
    "7-Zip": b"7z\xbc\xaf\x27\x1c",
    "RAR": b"Rar!\x1a\x07\x00",
    "tar": b"a".ljust(257, b"\0") + b"ustar\x0000",
    "document": zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
    "no file": zipped({}),
}


@pytest.mark.parametrize(("kind", "data"), REFUSED.items())
def test_what_is_not_unpacked_is_refused_by_its_name(kind, data):
    found = unpack(data, name="archive")

    assert said(found) == [("archive", Severity.FATAL)]
    assert kind in words(found)


def test_a_tar_inside_a_gzip_is_refused_by_its_name():
    found = unpack(gzip.compress(b"a".ljust(257, b"\0") + b"ustar\x0000" + bytes(300)), name="a.tar.gz")

    assert said(found) == [("a.tar", Severity.LOST)]
    assert "tar" in words(found)


def test_a_wide_window_is_refused():
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    compressor = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    found = unpack(compressor.compress(PAGE) + compressor.flush(), name="a.zst")

    assert said(found) == [("a.zst", Severity.FATAL)]


def test_a_name_is_a_name_and_never_a_path():
    found = unpack(zipped({"../../etc/passwd\x1b[2J": PAGE}), name="z")

    # each part that begins with a dot hides the file
    assert found[0].where == "z"


def test_an_empty_file_stays_one():
    assert unpack(gzip.compress(b""), name="a.gz") == (Member(name="a", data=b""),)
    assert unpack(b"", name="a") == (Member(name="a", data=b""),)


def test_deflate_without_an_end_is_a_cut():
    raw = zlib.compressobj(wbits=31)
    found = unpack(raw.compress(PAGE * 200) + raw.flush(zlib.Z_SYNC_FLUSH), name="a")

    assert contents(found) == {"a": PAGE * 200}
    assert "ends in its middle" in words(found)
