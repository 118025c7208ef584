"""The rule that takes out where a person lives: postal addresses and post codes."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import apart, either
from radcurate.cleaning.deidentify.marks import ADDRESS
from radcurate.cleaning.deidentify.person_names import UPPER, is_no_name
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_CAPITAL = rf"[{UPPER}](?:\.|[\w'’-]*)"
_STREET = either(LEXICON["streets"])
_DOUBTFUL = either(LEXICON["doubtful_streets"])
_STATE = "|".join(LEXICON["states"].split())
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}\b"
_CODE = rf"(?:{_POSTCODE}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d\b|[A-Z]\d[\dW][ ][A-Z\d]{{4}}\b|\d{{5}}(?:-\d{{4}})?\b)"
_BEFORE = rf"(?:(?:{either(LEXICON['units'])})\.?[ ]\w{{1,5}}(?:/\w{{1,3}})?,?[ ])?"
_NUMBER = r"(?:\d{1,4}/)?\d{1,5}[A-Za-z]?"
_UNIT = r"(?:,?[ ](?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Building|Bldg|Floor|Room|Box)\.?[ ]\w{1,5}|\#[ ]?\w{1,5}))?"
# A town, a county and a state: at most four parts, the last with its code.
_TOWN_WORD = rf"[{UPPER}](?:[^\W\d_]|['’-])+(?!\w)"
_TOWN = rf"(?:(?:Co\.[ ])?{_TOWN_WORD}(?:[ ]{_TOWN_WORD}){{0,2}})"
_OF = r"(?:(?:des?|du|la|le|les|los|las|das|dos|della|del|dei|di|do|da|van|d['’])[ ]?){0,2}"
_NO_UNIT = r"(?![ ]?(?:mm|cm|m|ml|mL|Fr?|French|G|gauge|h|min|%)(?!\w)|\.\d)"
_STREET_NAME = rf"(?:(?:{_CAPITAL}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}"
# A code stands before the town or behind it: "9999 Nordvik", "Wetherham WX4 7QT", "Cedar Hollow, TX 79999".
_TAIL = rf"""(?P<tail>
        ,[ ](?:[A-Z]{{1,2}}-)?(?:\d{{4,5}}|\d{{3}}[ ]\d\d|\d\d-\d{{3}}|\d{{4}}-\d{{3}})(?:[ ][A-Z]{{2}}\b)?
          [ ]{_CAPITAL}(?:[ ]{_CAPITAL})?
      | (?:,[ ]{_TOWN}){{0,2}},?[ ](?:{_STATE})[ ]\d{{4}}(?:\d(?:-\d{{4}})?)?\b
      | ,[ ]{_TOWN_WORD}(?:[ ]{_TOWN_WORD})?[ ]\d{{4}}\b
      | (?:,[ ]{_TOWN}){{0,2}}(?:,[ ](?:{_STATE})\b)?(?:,?[ ]{_CODE})?)"""
_NUMBERED = re.compile(
    rf"""(?<![\w./-])(?:
        {_BEFORE}{_NUMBER}[ ](?!(?i:{either(LEXICON["sizes"])})[ ])(?:[NSEW]\.?[ ])?{_STREET_NAME}(?:{_STREET})\b\.?
      | {_BEFORE}{_NUMBER}[ ]{_STREET_NAME}(?:{_DOUBTFUL})(?=,[ ]{_TOWN}[ ,]|,?[ ](?:{_CODE}|\d{{4,5}}[ ]))
      | \d{{1,5}}[A-Za-z]?(?:[ ](?:bis|ter|quater))?,?[ ](?:{either(LEXICON["foreign_streets"])})
        [ ]{_OF}{_CAPITAL}(?:[ ]{_OF}{_CAPITAL}){{0,2}}
      | (?:{either(LEXICON["leading_streets"])})[ ]?{_OF}{_TOWN_WORD}(?:[ ]{_OF}{_TOWN_WORD}){{0,2}}
        ,?[ ](?:n[°º.]?[ ]?)?\d{{1,4}}[a-zA-Z]?(?:/\d{{1,3}})?\b{_NO_UNIT}
      | [{UPPER}][\w-]*(?:{either(LEXICON["endings"])})[ ]\d{{1,4}}[ ]?[a-z]?\b{_NO_UNIT}
      | (?i:{either(LEXICON["boxes"])})[ ]\d{{1,6}}(?:,[ ]Box[ ]\d{{1,5}})?\b
    ){_UNIT}{_TAIL}""",
    re.VERBOSE,
)
# A house by its name or number, then street and town; or any parts that end in a post code, or in a state's.
_CODED = re.compile(
    rf"""(?<![\w])(?:(?:{_NUMBER}[ ])?{_CAPITAL}(?:[ ]{_CAPITAL}){{0,3}},[ ]){{1,3}}
        {_CAPITAL}(?:[ ]{_CAPITAL}){{0,2}}[ ]{_POSTCODE}
      | (?<![\w./-]){_NUMBER}[ ]{_CAPITAL}(?:[ ]{_CAPITAL}){{0,3}},[ ]{_TOWN},[ ](?:{_STATE})[ ]\d{{4,5}}\b""",
    re.VERBOSE,
)
_BLOCKS = re.compile(
    rf"(?<![\w./-])\d{{1,2}}-\d{{1,2}}(?:-\d{{1,2}})?[ ]{_CAPITAL}(?:,[ ]{_CAPITAL}){{1,3}}(?:[ ]\d{{3}}-\d{{4}})?"
)
# Whatever follows "lives at", a house's name too.
_CUED = re.compile(
    rf"""(?<![\w-])(?i:{either(LEXICON["cues"])})[ ]?:?[ ](?P<place>
        {_BEFORE}(?:{_NUMBER},?[ ])?(?:The[ ])?(?P<first>{_TOWN_WORD})(?:[ ]{_TOWN_WORD}){{0,3}}){_TAIL}""",
    re.VERBOSE,
)
_SOME_DIGIT = re.compile(r"\d")
_CODE_CUED = re.compile(rf"\b(?i:post\s?code|postal\scode|zip(?:\scode)?|plz)(?:\sis)?:?[ ](?P<code>{_CODE})")


def _address(section: Section) -> Iterator[Edit]:
    """Takes out street addresses with their town, post boxes, post codes after a word that says so, and what follows
    "lives at"."""
    text = section.text
    found = [
        (match.start("place"), _without_sentence(text, match))
        for match in _CUED.finditer(text)
        if not is_no_name(match["first"], titled=True)
    ]
    if _SOME_DIGIT.search(text):
        found += [(match.start(), _without_sentence(text, match)) for match in _NUMBERED.finditer(text)]
        found += [match.span() for pattern in (_CODED, _BLOCKS) for match in pattern.finditer(text)]
        found += [match.span("code") for match in _CODE_CUED.finditer(text)]
    yield from apart(found, ADDRESS)


def _without_sentence(text: str, match: re.Match[str]) -> int:
    """Where the address ends: a town is no word of a report ("…, Right hip pain")."""
    end = match.start("tail")
    for part in re.finditer(r",?[ ][^,]+", match["tail"]):
        words = part[0].strip(", ").split(" ")
        if all(word.isalpha() and is_no_name(word, titled=True) and not word.isupper() for word in words):
            break
        end = match.start("tail") + part.end()
    # "Garnet St. without" goes on, and needs no full stop.
    return end - (text[end - 1] == "." and not text[end : end + 2].strip().islower())


RULES = (
    TextRule(
        "address.v2",
        _address,
        (
            Example("Lives at 1482 Larkspur Lane, Fairhaven, OH 43999.", "Lives at [address]."),
            Example("To 23 Chestnut Close, Wetherham WX4 7QT.", "To [address]."),
            Example("From 29 Priory Walk, fall.", "From [address], fall."),
            Example("P.O. Box 3319, Cedar Hollow, TX 79999", "[address]"),
            Example("Home: Flat 3, 18 Harbour Yard, Quillport.", "Home: [address]."),
            Example("From Storgata 14, 9990 Fjellvik.", "From [address]."),
            Example("At 7 ter, rue du Moulin, 99870 Sourcelle", "At [address]"),
            Example("She lives at Hazel Cottage, Nether Wick.", "She lives at [address]."),
            Example("Via Fossa 3 mm medial. Lives at home.", "Via Fossa 3 mm medial. Lives at home."),
            Example("2 Oblique View films, 4 Lateral Views", "2 Oblique View films, 4 Lateral Views"),
            Example("Right ribs 4, 5 and 6.", "Right ribs 4, 5 and 6."),
            Example("2 Hill-Sachs defects, 3 cm.", "2 Hill-Sachs defects, 3 cm."),
        ),
    ),
)
