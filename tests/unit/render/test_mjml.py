import mjml
import pytest

from digest.render.mjml import BrokenMjml, check_nesting, compile_mjml

GOOD = """{# a remark with <mj-text> and a < b #}
<mjml><mj-body><mj-section><mj-column>
<mj-raw><!--{% for x in xs %}--></mj-raw>
<mj-text>{{ x }}</mj-text>
<mj-raw><!--{% endfor %}--></mj-raw>
</mj-column></mj-section></mj-body></mjml>"""

rust_only = pytest.mark.skipif(hasattr(mjml, "mjml_to_html"), reason="the pure-Python compiler is lenient")


def test_jinja_tags_survive_and_their_comments_and_remarks_do_not():
    html = compile_mjml(GOOD)
    assert "{% for x in xs %}<tr>" in html
    assert "{{ x }}" in html
    assert "<!--{%" not in html
    assert "remark" not in html


@rust_only
@pytest.mark.parametrize("font", ["Roboto", "Ubuntu", "Open Sans"])
def test_no_font_is_loaded_from_elsewhere(font):
    html = compile_mjml(GOOD.replace("<mj-text>{{", f'<mj-text font-family="{font}">{{{{'))
    assert font in html
    assert "://fonts" not in html


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("<mjml>\n<mj-body>\n<mj-text>\n</mj-body>\n</mjml>", 4),
        ("<mjml>\n<mj-body>\n<mj-section>\n", 3),
        pytest.param(
            "<mjml>\n<mj-body>\n<mj-section><mj-column><mj-text>\na < b"
            "</mj-text></mj-column></mj-section></mj-body></mjml>",
            4,
            marks=rust_only,
        ),
        ("", 1),
    ],
)
def test_a_fault_is_found_by_its_line(source, line):
    def check():
        check_nesting(source)
        compile_mjml(source)

    with pytest.raises(BrokenMjml) as caught:
        check()
    assert caught.value.line == line
