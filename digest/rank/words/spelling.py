"""British spellings in their American form, and irregular plurals in the singular.

Suffix rules only where nearly every word follows them; families by their stem; single words in a table.
"""

from __future__ import annotations

import re

#: whole words
_WORDS = {
    "acknowledgement": "acknowledgment",
    "acknowledgements": "acknowledgments",
    "aeroplane": "airplane",
    "aeroplanes": "airplanes",
    "ageing": "aging",
    "aluminium": "aluminum",
    "amongst": "among",
    "artefact": "artifact",
    "artefacts": "artifacts",
    "benefitted": "benefited",
    "benefitting": "benefiting",
    "biassed": "biased",
    "centring": "centering",
    "counsellor": "counselor",
    "counsellors": "counselors",
    "cypher": "cipher",
    "cyphers": "ciphers",
    "disc": "disk",
    "discs": "disks",
    "distil": "distill",
    "distils": "distill",
    "draught": "draft",
    "draughts": "drafts",
    "enquiries": "inquiry",
    "enquiry": "inquiry",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "enrolments": "enrollments",
    "enrols": "enroll",
    "esthetic": "aesthetic",
    "esthetics": "aesthetics",
    "focussed": "focused",
    "focusses": "focuses",
    "focussing": "focusing",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "fulfils": "fulfill",
    "instalment": "installment",
    "instalments": "installments",
    "jewellery": "jewelry",
    "judgement": "judgment",
    "judgements": "judgments",
    "learnt": "learned",
    "manoeuvre": "maneuver",
    "manoeuvres": "maneuvers",
    "manoeuvring": "maneuvering",
    "marvellous": "marvelous",
    "moveable": "movable",
    "orientated": "oriented",
    "practise": "practice",
    "practised": "practiced",
    "practises": "practice",
    "practising": "practicing",
    "programme": "program",
    "programmes": "programs",
    "sceptic": "skeptic",
    "sceptical": "skeptical",
    "scepticism": "skepticism",
    "sizeable": "sizable",
    "skilful": "skillful",
    "spelt": "spelled",
    "unlearnt": "unlearned",
    "useable": "usable",
    "whilst": "while",
    "wilful": "willful",
}  # fmt: skip

#: whole words whose plural no rule of endings finds
_SINGULARS = {
    "axes": "axis",
    "children": "child",
    "codices": "codex",
    "corpora": "corpus",
    "crises": "crisis",
    "criteria": "criterion",
    "formulae": "formula",
    "indices": "index",
    "lemmata": "lemma",
    "matrices": "matrix",
    "mice": "mouse",
    "phenomena": "phenomenon",
    "theses": "thesis",
    "vertices": "vertex",
    "women": "woman",
}
_PLURALS_OF_IS = ("analyses", "potheses", "yntheses", "entheses")

#: `-ise` is the suffix of a verb after these letters, unless the word before it ends as those below
_ISE = re.compile(
    r"(.+(?:[^aeiourvw]|[aeotuy]r|[ct]iv))is(e|ed|es|er|ers|ing|ings|able|ability|ation|ations|ational|ationally)"
)
_NO_VERB_IN_ISE = (
    "advert", "chast", "circumc", "conc", "desp", "exc", "exerc", "expert", "franch", "inc", "merchand",
    "parad", "pract", "prec", "prem", "prom", "surm", "treat",
)  # fmt: skip
#: the same where more stands before it in other words (`academise`)
_NO_VERB_IN_ISE_ALONE = frozenset({"an", "chem", "dem", "den", "mort", "tenn", "trell", "val"})

_OUR = re.compile(
    r"((?:^|dis|un|mis)(?:ard|arm|cand|clam|fav|ferv|hon|hum|lab|od|parl|ranc|rig|rum|sav|savi|succ|splend|val|vig)"
    r"|arb|behavi|col|demean|endeav|flav|hum|neighb|tum|vap)our"
)
_ENDINGS = tuple(
    (re.compile(british), form)
    for british, form in (
        (r"(?<=[aeiou]l)ys(e|ed|es|er|ers|ing)$", r"yz\1"),
        (r"((?:^|epi|multi|data|con|hyper|bary)cent|fib|lit|^theat|^calib|^spect)re(s?)$", r"\1er\2"),
        (r"(^somb|^lust|^meag|^sab|met)re(s?)$", r"\1er\2"),
        (r"(^cent|^calib)red$", r"\1ered"),
        (
            (
                "(bevel|cancel|channel|counsel|dial|duel|enamel|equal|fuel|funnel|initial|jewel|label|level|marshal"
                "|marvel|model|panel|parallel|pencil|quarrel|ravel|rival|shovel|signal|spiral|stencil|swivel|total"
                "|travel|tunnel)l(ing|ings|ed|er|ers)$"
            ),
            r"\1\2",
        ),
        ("((?:anal|catal|dial|trial|epil|homol|monol)og)u(?:e(?=s?$)|(?=ed$|ing$))", r"\1"),
        ("^(def|off|lic|pret)enc(e|es|ed|ing)$", r"\1ens\2"),
    )
)
#: one of these is in every word that a rule of endings fits
_ENDS, _PARTS = ("re", "res", "red"), ("lys", "ll", "ogu", "enc")
#: of medicine and the past; each is American in all words that hold it
_LETTERS = tuple(
    (re.compile(british), american)
    for british, american in (
        ("(?<=[^aeiou])aemi(?=[ac])", "emi"),
        ("anaesth", "anesth"),
        ("archaeo", "archeo"),
        ("^aetiolog", "etiolog"),
        ("^f(?:oe)t(?=us|al)", "fet"),
        ("gynaec", "gynec"),
        ("^grey", "gray"),
        ("haem(?=[aiop])", "hem"),
        ("^mould", "mold"),
        ("^oesoph", "esoph"),
        ("^oestr", "estr"),
        ("(?<!o)oedema", "edema"),
        ("paed(?=[aio])", "ped"),
        ("palaeo", "paleo"),
        ("^plough", "plow"),
        ("rrhoea", "rrhea"),
        ("sulph", "sulf"),
    )
)


def american(word: str) -> str:
    """A folded `word` (lower case, no accents) as it is spelt in America.

    `modelling` becomes `modeling`, `optimisation` `optimization`. What no rule knows stays as it is.
    A form once made stays as it is too.
    """
    if word in _WORDS:
        return _WORDS[word]
    if len(word) < 5 and not word.startswith("grey"):
        return word
    word = _by_ending(word)
    if "our" in word:
        word = _OUR.sub(r"\1or", word)
    if "ae" in word or "oe" in word or word.startswith(("grey", "mould", "plough")) or "sulph" in word:
        for british, form in _LETTERS:
            word = british.sub(form, word)
    return word


def singular(word: str) -> str:
    """The singular of an irregular plural: `matrix` of `matrices`; any other word as it is."""
    return f"{word[:-2]}is" if word.endswith(_PLURALS_OF_IS) else _SINGULARS.get(word, word)


def _by_ending(word: str) -> str:
    """With the first rule of endings that fits, if any does."""
    if "is" in word and (found := _ISE.fullmatch(word)):
        before, ending = found.groups()
        if not before.endswith(_NO_VERB_IN_ISE) and before not in _NO_VERB_IN_ISE_ALONE:
            return f"{before}iz{ending}"
    if word.endswith(_PLURALS_OF_IS):
        return word
    # most words have none of this, and asking every pattern takes longer than all else about a new word
    if not word.endswith(_ENDS) and not any(part in word for part in _PARTS):
        return word
    for british, form in _ENDINGS:
        changed = british.sub(form, word)
        if changed != word:
            return changed
    return word
