"""Hostile titles, and how a rendered page looks to a reader."""

from lxml import html as lxml_html

HOSTILE = [
    "<script>alert(1)</script> Diffusion",
    "{{ 7*7 }} {% for x in y %} Diffusion",
    "</mj-text><mj-include path='/etc/hostname' /> Diffusion",
    "\u202eDiffusion gnp.exe\u2066",
    "Line\u2028sep\u2029arated Diffusion",
    "\x1b[31mred\x1b]0;owned\x07 Diffusion",
    "cut\r\nBcc: somebody@else.example\x00 Diffusion",
    '"><img src=x onerror=alert(1)> Diffusion',
    "--> <!-- Diffusion ]]> &amp; &#60;b&#62;",
    "A" * 10_000,
    "Diffusion " * 1_000,
]


def visible(html):
    """The text a reader sees, the hidden preview left out."""
    tree = lxml_html.document_fromstring(html)
    for hidden in tree.xpath("//head | //div[contains(@style,'display:none')] | //comment()"):
        hidden.drop_tree()
    return " ".join(tree.text_content().split())


def contrast(one, other):
    """WCAG 2.2 relative luminance, as a ratio."""

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
