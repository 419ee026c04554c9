"""HTML to plain text: what a reader would see, on lines, with nothing left that a browser would obey.

Text that merely looks like a tag stays text: feeds carry `$k<n$`, `p < 0.05` and `<think>` without
escaping them. Every step looks for the next mark once and never goes back, so that the time is linear.
"""

from __future__ import annotations

import html
import re

from digest.text import join_space

_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "basefont",
            "bdi",
            "bdo",
            "big",
            "blink",
            "cite",
            "code",
            "data",
            "del",
        ),
        *(
            "dfn",
            "em",
            "font",
            "i",
            "img",
            "ins",
            "kbd",
            "label",
            "map",
            "area",
            "mark",
            "nobr",
            "output",
            "q",
        ),
        *("rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt"),
        *("u", "var", "wbr", "italic", "bold", "math", "mi", "mn", "mo", "mrow", "msub", "msup", "mtext"),
    )
)
_BLOCK = frozenset(
    (
        *("address", "article", "aside", "base", "blockquote", "body", "br", "button", "caption", "center"),
        *("col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption"),
        *("figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "html", "input", "legend", "li", "link", "main", "menu", "meta", "nav", "ol", "optgroup"),
        *("option", "p", "param", "pre", "section", "source", "summary", "table", "tbody", "td", "tfoot"),
        *("th", "thead", "title", "tr", "track", "ul", "sec"),
    )
)
#: their content is no text either
_DROPPED = frozenset(
    (
        *(
            "applet",
            "audio",
            "canvas",
            "embed",
            "head",
            "iframe",
            "isindex",
            "marquee",
            "noembed",
            "noframes",
        ),
        *("noscript", "object", "plaintext", "script", "select", "style", "svg", "template", "textarea"),
        *("video", "xmp"),
    )
)
#: of these a browser shows nothing to the end of the page where their end tag is missing
_RAW = frozenset(
    ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "xmp")
)
KNOWN = _INLINE | _BLOCK | _DROPPED

#: a tag, with quotes in it respected, or (where a quote never ends) up to the next `>`
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][^\s<>/\"'=]*+)"
    r"(?:(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>|(?P<torn>[^<>]*+)>)"
)
_NAME = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9:.-]*)")
_END = re.compile(r"</(?P<name>[A-Za-z][A-Za-z0-9]*+)\s*+>")
#: a tag that the end of the text has cut: `<img src="https://exa`
_CUT = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s[^<>]*+\Z")
_ATTRIBUTE = re.compile(
    r"(?<![^\s\"'/])(?:on\w+\s*=|style\s*=|href\s*=|src\s*=|formaction|[\w:.-]+=[\"'])", re.IGNORECASE
)
_BARE = re.compile(r"[\w:.-]+")
_BARE_ATTRIBUTES = frozenset(
    (
        *("allowfullscreen", "async", "autofocus", "autoplay", "checked", "compact", "controls", "defer"),
        *("disabled", "hidden", "ismap", "itemscope", "loop", "multiple", "muted", "noshade", "nowrap"),
        *("open", "readonly", "required", "reversed", "selected"),
    )
)
#: `html.unescape` raises for numbers of thousands of digits
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,})+;?")
_OPEN_END = re.compile(r"<[^\s<>]{0,40}\Z")
_MOST_PASSES = 4
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def html_text(markup: str) -> str:
    """The text of a piece of HTML: a line for each block, entities decoded once, no tag kept."""
    return _lines(_visible(join_space(markup), decode=True))


def safe_text(text: str) -> str:
    """Plain text as it is, without what a browser would still obey: scripts, and tags with attributes.

    Entities stay, and so does a tag without attributes: somebody writes about `<b>`. With the end of
    an element in it, the text is HTML whose feed says otherwise.
    """
    if "<" not in text:
        return text.strip()
    ends = (found["name"].lower() in KNOWN for found in _END.finditer(text))
    return html_text(text) if any(ends) else _lines(_visible(text, decode=False))


def _lines(text: str) -> str:
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def _visible(markup: str, *, decode: bool) -> str:
    reader = _Reader(markup, decode=decode)
    text = reader.visible()
    for _ in range(_MOST_PASSES):
        if not reader.joined:
            return text
        reader = _Reader(text, decode=False)
        text = reader.visible()
    return text.replace("<", "< ")


class _Reader:
    """Reads one piece of markup from left to right."""

    def __init__(self, markup: str, *, decode: bool) -> None:
        self.markup = markup
        self.decode = decode
        self.pieces: list[str] = []
        #: looked for once, because looking in vain from every `<` would take the square of the time
        self.last_end = markup.rfind(">")
        self.last_comment_end = markup.rfind("-->")
        #: elements that have no end any more: a model's token `<video>` must not take the rest with it
        self.endless = {"embed", "isindex"}
        self.in_cdata = False
        #: whether a `<` that was kept has no `>` yet, and whether markup went from behind such a one:
        #: the two sides could make a tag
        self.open = False
        self.joined = False

    def visible(self) -> str:
        at, size = 0, len(self.markup)
        while at < size:
            opens = self.markup.find("<", at)
            if opens < 0 or opens + 1 == size:
                self._say(self.markup[at:])
                break
            self._say(self.markup[at:opens])
            at = self._mark(opens)
        return "".join(self.pieces)

    def _mark(self, opens: int) -> int:
        """Deal with the `<` at `opens`; the place to go on at."""
        second = self.markup[opens + 1]
        if second in "!?":
            return self._declaration(opens)
        tag = _TAG.match(self.markup, opens) if second == "/" or second.isalpha() else None
        if tag is None and _CUT.match(self.markup, opens) and _name(self.markup, opens) in KNOWN:
            return len(self.markup)
        if tag is None or not _is_tag(tag, _name(self.markup, opens), decode=self.decode):
            return self._keep(opens)
        self.joined |= self.open
        return self._tag(tag, _name(self.markup, opens))

    def _tag(self, tag: re.Match[str], name: str) -> int:
        if name in _DROPPED and name not in self.endless and not tag["close"]:
            self.pieces.append(" ")
            return self._dropped(name, tag.end())
        if name in _BLOCK:
            self.pieces.append("\n")
        elif _OPEN_END.search("".join(piece[-41:] for piece in self.pieces[-3:])):
            self.pieces.append(" ")  # else `<scr<b>ipt>` would become a tag
        return tag.end()

    def _dropped(self, name: str, at: int) -> int:
        ends = re.compile(rf"</\s*{name}\b[^>]*", re.IGNORECASE).search(self.markup, at)
        if ends:
            return min(ends.end() + 1, len(self.markup))
        self.endless.add(name)
        return len(self.markup) if name in _RAW else at

    def _declaration(self, opens: int) -> int:
        """Pass over a comment, a declaration or an instruction; of CDATA only the marks go."""
        if self.markup.startswith("<![CDATA[", opens):
            self.pieces.append(" ")
            self.in_cdata = True
            self.joined |= self.open
            return opens + len("<![CDATA[")
        if opens > self.last_end and not self.markup.startswith("<!--", opens):
            return self._keep(opens)
        self.joined |= self.open
        self.pieces.append(" ")
        if self.markup.startswith("<!--", opens):
            if opens + 4 > self.last_comment_end:
                return len(self.markup)
            return self.markup.index("-->", opens) + 3
        return self.markup.index(">", opens) + 1

    def _keep(self, opens: int) -> int:
        self.pieces.append("<")
        self.open = True
        return opens + 1

    def _say(self, text: str) -> None:
        if self.decode and "&" in text:
            text = html.unescape(_LONG_NUMBER.sub("\ufffd", text))
        if self.in_cdata and "]]>" in text:
            text, self.in_cdata = text.replace("]]>", " ", 1), False
        if text:
            self.pieces.append(text)
            self.open &= ">" not in text


def _name(markup: str, opens: int) -> str:
    found = _NAME.match(markup, opens)
    return found["name"].lower().rpartition(":")[2] if found else ""


def _is_tag(tag: re.Match[str], name: str, *, decode: bool) -> bool:
    """Whether this is markup and not mathematics, a token or prose between `<` and `>`."""
    rest = tag["rest"] if tag["rest"] is not None else tag["torn"]
    if name in _DROPPED or _ATTRIBUTE.search(rest):
        return True
    if not decode:
        return False
    prefixed = ":" in tag["name"]  # of another vocabulary, such as `<jats:p>`
    if not prefixed and (name not in KNOWN or len(name) != len(tag["name"])):
        return False
    bare = rest.strip(" /\t")
    return not bare or "=" in bare or set(_BARE.findall(bare.lower())) <= _BARE_ATTRIBUTES
