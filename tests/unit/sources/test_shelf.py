from digest.sources import shelve


def test_a_file_goes_into_the_folder_which_is_made(tmp_path):
    page = tmp_path / "monday.txt"
    page.write_text("one")

    assert shelve(page, tmp_path / "read") is None

    assert not page.exists()
    assert (tmp_path / "read" / "monday.txt").read_text() == "one"


def test_a_file_of_the_same_name_is_not_written_over(tmp_path):
    for text in ("one", "two", "three"):
        page = tmp_path / "page.txt"
        page.write_text(text)
        assert shelve(page, tmp_path / "read") is None

    found = {path.name: path.read_text() for path in (tmp_path / "read").iterdir()}
    assert found == {"page.txt": "one", "page-2.txt": "two", "page-3.txt": "three"}


def test_a_name_that_is_no_folder_is_a_problem_and_the_file_stays(tmp_path):
    page = tmp_path / "page.txt"
    page.write_text("one")
    (tmp_path / "read").write_text("a file")

    problem = shelve(page, tmp_path / "read")

    assert problem is not None
    assert "cannot be moved" in problem.what
    assert page.read_text() == "one"
