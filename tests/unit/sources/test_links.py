import pytest

from digest.sources.links import code_link


@pytest.mark.parametrize(
    ("abstract", "link"),
    [
        ("Code is at https://github.com/owner/name.", "https://github.com/owner/name"),
        ("Code (http://github.com/owner/name/) is there", "http://github.com/owner/name"),
        ("frameworkhttps://github.com/owner/name", "https://github.com/owner/name"),
        ("at https://github.com/owner/name{https://github.com/owner/name}.", "https://github.com/owner/name"),
        (
            "see https://github.com/owner/name/tree/main/part, which",
            "https://github.com/owner/name/tree/main/part",
        ),
        ("in GitHub.com/owner/name .", "https://GitHub.com/owner/name"),
        (
            "weights https://huggingface.co/owner/name and code https://gitlab.com/a/b",
            "https://gitlab.com/a/b",
        ),
        ("weights at https://huggingface.co/owner/name!", "https://huggingface.co/owner/name"),
        ("https://anonymous.4open.science/r/Name-D761/", "https://anonymous.4open.science/r/Name-D761"),
        ("İ https://github.com/owner/name", "https://github.com/owner/name"),
        ("torn: https://github.com/owner/half- name", None),
        ("only https://github.com/owner. And more", None),
        ("https://github.com/topics/diffusion", None),
        ("https://huggingface.co/papers/2501.01234", None),
        ("https://huggingface.co/datasets/owner/name", None),
        ("ftp://github.com/owner/name", None),
        ("javascript:github.com/owner/name", None),
        ("https://github.com.evil.example/owner/name", None),
        ("https://notgithub.com/owner/name", None),
        ("https://github.com@evil.example/owner/name", None),
        ("no link at all", None),
    ],
)
def test_the_code_link_of_an_abstract(abstract, link):
    assert code_link(abstract) == link


def test_a_link_cannot_leave_its_attribute():
    assert code_link("""https://github.com/owner/name"onclick='x'<b>""") == "https://github.com/owner/name"
