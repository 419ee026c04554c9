import pytest

from digest.sources.feeds.html_text import html_text, safe_text

HTML = {
    "blocks become lines": ("<p>One.</p><p>Two</p><ul><li>a<li>b</ul>x<br/>y", "One.\nTwo\na\nb\nx\ny"),
    "inline tags leave words whole": ("Schr<b>ö</b>dinger’s H<sub>2</sub>O", "Schrödinger’s H2O"),
    "white space is joined": ("a \n\t b<p>\n c", "a b\nc"),
    "entities are decoded once": ("&lt;b&gt; &amp;amp; &#x41;&#66;&nbsp;&eacute;", "<b> &amp; AB é"),
    "a number of thousands of digits": ("a&#" + "9" * 5000 + ";b", "a\ufffdb"),
    "mathematics stays": ("$k<n$ and $m>2$, p < 0.05, a<b and c>d", "$k<n$ and $m>2$, p < 0.05, a<b and c>d"),
    "tokens of models stay": (
        "<think>, </think>, <video> and <pad> tokens",
        "<think>, </think>, and <pad> tokens",
    ),
    "double brackets stay": ("[[1,2]]>0", "[[1,2]]>0"),
    "scripts go with their content": ("a<script>x<b>y</script >b<STYLE>p{}</style>c", "a b c"),
    "an iframe without an end takes the rest": ("a<iframe src=x>b<p>c", "a"),
    "unknown elements with handlers go": ("a<xss onclick=alert(1)>b", "ab"),
    "a bracket in an attribute": ("a<a title='>' href=\"<x>\">b</a>", "ab"),
    "an attribute without its end": ('a<a title="x>b', "ab"),
    "a tag cut by the end": ('a <img src="https://exa', "a"),
    "comments go": ("a<!-- <b> --->b<!-- c", "a b"),
    "cdata is text": ("<![CDATA[a]]> b", "a b"),
    "declarations go": ("<!DOCTYPE html><?php x ?>a", "a"),
    "another vocabulary goes": ("<jats:p>a</jats:p>", "a"),
    "a tag is not put together from two halves": ("<scr<b>ipt>a <scr<!-- -->ipt>", "<scr ipt>a <scr ipt>"),
}


@pytest.mark.parametrize(("markup", "text"), HTML.values(), ids=HTML.keys())
def test_html_becomes_text(markup, text):
    assert html_text(markup) == text


PLAIN = {
    "entities stay": ("AT&amp;T", "AT&amp;T"),
    "a tag that is spoken of stays": ("the <b> tag", "the <b> tag"),
    "a tag with attributes goes": ("a <img src=x onerror=alert(1)>b", "a b"),
    "a script goes": ("a <script>alert(1)</script> b", "a b"),
    "html whose feed says otherwise is html": ("<p>AT&amp;T</p>", "AT&T"),
}


@pytest.mark.parametrize(("given", "text"), PLAIN.values(), ids=PLAIN.keys())
def test_plain_text_stays_but_for_what_could_act(given, text):
    assert safe_text(given) == text
