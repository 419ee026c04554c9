import re

import pytest

from digest.errors import RenderError
from digest.render import Templates, mail
from digest.render import mjml as adapter
from tests.builders import issue, match

BODY = "email/digest/body.mjml.j2"


def write(folder, name, text):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def mjml(inner):
    return f"<mjml>\n<mj-body>\n<mj-section><mj-column>\n{inner}\n</mj-column></mj-section></mj-body></mjml>"


def normalised(html):
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", re.sub(r"<!--\s*-->", "", html)))


def test_compiling_once_gives_what_compiling_for_each_reader_gives(
    templates, settings, ways_out, real_papers, monkeypatch
):
    views = []
    write = templates.written_mjml
    monkeypatch.setattr(templates, "written_mjml", lambda name, v: views.append(v) or write(name, v=v))
    matches = [match(paper) for paper in real_papers[:30]]
    mail(
        templates,
        issue(picks=matches[:12], trending=matches[12:15], also_new=matches[15:]),
        settings,
        ways_out,
    )
    once = templates.fill_mjml(BODY, v=views[0])
    assert len(once) > 10_000
    assert normalised(once) == normalised(templates.compile_filled(BODY, v=views[0]))


def test_mjml_is_compiled_once_for_all_mails(tmp_path, monkeypatch):
    compiled = []
    real = adapter.compile_mjml
    monkeypatch.setattr("digest.render.templates.compile_mjml", lambda *a: compiled.append(1) or real(*a))
    write(tmp_path, "one.mjml.j2", mjml("<mj-text>{{ v }} one</mj-text>"))
    templates = Templates(tmp_path)
    for n in range(5):
        assert f"{n} one" in templates.fill_mjml("one.mjml.j2", v=n)
    assert len(compiled) == 1


def test_one_run_makes_all_its_mails_from_the_same_files_and_the_next_sees_what_changed(tmp_path):
    write(tmp_path, "a/one.mjml.j2", mjml('<mj-include path="./parts/foot.mjml" />'))
    part = write(tmp_path, "a/parts/foot.mjml", "<mj-text>first {{ v }}</mj-text>")
    text = write(tmp_path, "a/one.txt.j2", "first {{ v }}")
    templates = Templates(tmp_path)
    assert "first 1" in templates.fill_mjml("a/one.mjml.j2", v=1)
    assert templates.fill("a/one.txt.j2", v=1) == "first 1"
    part.write_text("<mj-text>second {{ v }}</mj-text>", encoding="utf-8")
    text.write_text("second {{ v }}", encoding="utf-8")
    assert "first 2" in templates.fill_mjml("a/one.mjml.j2", v=2)
    assert templates.fill("a/one.txt.j2", v=2) == "first 2"
    assert "second 3" in Templates(tmp_path).fill_mjml("a/one.mjml.j2", v=3)
    assert Templates(tmp_path).fill("a/one.txt.j2", v=3) == "second 3"


def test_a_partial_that_is_broken_is_named_with_its_line(tmp_path):
    write(tmp_path, "one.mjml.j2", mjml('<mj-include path="foot.mjml" />'))
    part = write(tmp_path, "foot.mjml", "<mj-text>fine</mj-text>\n</mj-column>")
    with pytest.raises(RenderError, match=f"^{re.escape(str(part))}:2: "):
        Templates(tmp_path).fill_mjml("one.mjml.j2")
    part.write_text("<mj-text>fine</mj-text>\n\n{% if %}", encoding="utf-8")
    with pytest.raises(RenderError, match=f"^{re.escape(str(part))}:3: "):
        Templates(tmp_path).fill_mjml("one.mjml.j2")


def test_partials_that_include_each_other_are_refused(tmp_path):
    write(tmp_path, "one.mjml.j2", mjml('<mj-include path="a.mjml" />'))
    write(tmp_path, "a.mjml", '<mj-include path="b.mjml" />')
    write(tmp_path, "b.mjml", '<mj-include path="a.mjml" />')
    with pytest.raises(RenderError, match="includes itself"):
        Templates(tmp_path).fill_mjml("one.mjml.j2")


@pytest.mark.parametrize("path", ["../secret.txt", "../../../../../../etc/hostname", "/etc/hostname"])
def test_a_partial_outside_the_folders_is_never_read(tmp_path, path):
    (tmp_path / "secret.txt").write_text("<mj-text>secret</mj-text>", encoding="utf-8")
    folder = tmp_path / "templates"
    write(folder, "one.mjml.j2", mjml(f'<mj-include path="{path}" />'))
    with pytest.raises(RenderError):
        Templates(folder).fill_mjml("one.mjml.j2")


def test_an_operators_file_replaces_one_template_and_leaves_the_others(
    tmp_path, settings, ways_out, templates
):
    write(tmp_path, "email/digest/subject.txt.j2", "Mine: {{ v.picks }}")
    one = issue(picks=[match()])
    _, mine = mail(Templates(tmp_path), one, settings, ways_out)
    _, theirs = mail(templates, one, settings, ways_out)
    assert mine.subject == "Mine: 1"
    assert (mine.text, mine.html) == (theirs.text, theirs.html)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fine\n{{ v.nothing_of_the_kind }}\n", 2),
        ("fine\nfine\n{% if %}\n", 3),
        ("{% for x in v %}\n", 1),
        ("\n{{ v | no_such_filter }}", 2),
        ("\n\n{{ 1 / 0 }}", 3),
        ("\n{{ v.__class__.__mro__ }}", 2),
        ("\n{% include 'elsewhere.txt.j2' %}", 2),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path, text, line):
    file = write(tmp_path, "one.txt.j2", text)
    with pytest.raises(RenderError, match=f"^{re.escape(str(file))}:{line}: "):
        Templates(tmp_path).fill("one.txt.j2", v=1)


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        ("<mj-text>\n{{ v.nothing }}</mj-text>", 5),
        ("<mj-text>{% if %}</mj-text>", 4),
        ("<mj-text>\n\n</mj-column>", 6),
        ("<mj-raw><!--{% for x in 3 %}--></mj-raw>\n<mj-raw><!--{% endfor %}--></mj-raw>", 4),
    ],
)
def test_a_broken_mjml_template_is_named_with_the_line_of_its_source(tmp_path, inner, line):
    file = write(tmp_path, "one.mjml.j2", mjml(inner))
    with pytest.raises(RenderError, match=f"^{re.escape(str(file))}:{line}: "):
        Templates(tmp_path).fill_mjml("one.mjml.j2", v=1)


def test_a_template_that_is_not_text_is_named(tmp_path):
    (tmp_path / "one.txt.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RenderError, match=r"one\.txt\.j2:1: "):
        Templates(tmp_path).fill("one.txt.j2")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RenderError, match="nowhere"):
        Templates(tmp_path / "nowhere")


def test_html_is_escaped_and_text_is_not(tmp_path):
    write(tmp_path, "a.html.j2", "{{ v }}")
    write(tmp_path, "a.xml.j2", "{{ v }}")
    write(tmp_path, "a.txt.j2", "{{ v }}")
    templates = Templates(tmp_path)
    assert templates.fill("a.html.j2", v="<b>") == templates.fill("a.xml.j2", v="<b>") == "&lt;b&gt;"
    assert templates.fill("a.txt.j2", v="<b>") == "<b>"


def test_wrapped_text_keeps_long_words_whole(tmp_path):
    write(tmp_path, "a.txt.j2", "{{ v | wrapped(2, 12) }}")
    url = "https://host.example/long"
    assert Templates(tmp_path).fill("a.txt.j2", v=f"one two three {url} four") == (
        f"  one two\n  three\n  {url}\n  four"
    )
