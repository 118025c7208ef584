"""Rules that take out where and how a person is reached: postal addresses, telephone, fax and pager numbers."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import apart, either
from radcurate.cleaning.deidentify.marks import ADDRESS, PHONE
from radcurate.cleaning.deidentify.person_names import UPPER, is_no_name
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_CAPITAL = rf"[{UPPER}](?:\.|[\w'’-]*)"
_STREET = either(LEXICON["streets"])
_STATE = "|".join(LEXICON["states"].split())
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}\b"
_CODE = rf"(?:{_POSTCODE}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d\b|\d{{5}}(?:-\d{{4}})?\b)"
_UNIT = r"(?:,?[ ](?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Building|Bldg|Floor|Room|Box)\.?[ ]\w{1,5}|\#[ ]?\w{1,5}))?"
# A town, a county and a state: at most four parts, the last with its code.
_TOWN_WORD = rf"[{UPPER}](?:[^\W\d_]|['’-])+(?!\w)"
_TOWN = rf"(?:(?:Co\.[ ])?{_TOWN_WORD}(?:[ ]{_TOWN_WORD}){{0,2}})"
_NUMBERED = re.compile(
    rf"""(?<![\w./-])(?:
        \d{{1,5}}[A-Z]?[ ](?:[NSEW]\.?[ ])?(?:(?:{_CAPITAL}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}(?:{_STREET})\b\.?
      | \d{{1,5}}[A-Z]?,?[ ](?:{either(LEXICON["foreign_streets"])})[ ]
        (?:(?:des?|du|la|le|les|della|del|di|d['’])[ ]?){{0,2}}{_CAPITAL}(?:[ ]{_CAPITAL}){{0,2}}
      | [{UPPER}][\w-]*(?:straße|strasse|gasse|allee|platz|weg|straat|gatan)[ ]\d{{1,4}}[a-z]?\b
      | (?:P\.?[ ]?O\.?[ ]Box|Rural[ ]Route|RR)[ ]\d{{1,6}}(?:,[ ]Box[ ]\d{{1,5}})?\b
    ){_UNIT}(?P<tail>(?:,[ ]\d{{5}}[ ]{_CAPITAL}|(?:,[ ]{_TOWN}){{0,2}}(?:,[ ](?:{_STATE})\b)?(?:,?[ ]{_CODE})?))""",
    re.VERBOSE,
)
# A house by its name, then street and town; or any parts that end in a post code.
_CODED = re.compile(
    rf"(?<![\w])(?:{_CAPITAL}(?:[ ]{_CAPITAL}){{0,3}},[ ]){{1,3}}{_CAPITAL}(?:[ ]{_CAPITAL}){{0,2}}[ ]{_POSTCODE}"
)
_BLOCKS = re.compile(
    rf"(?<![\w./-])\d{{1,2}}-\d{{1,2}}(?:-\d{{1,2}})?[ ]{_CAPITAL}(?:,[ ]{_CAPITAL}){{1,3}}(?:[ ]\d{{3}}-\d{{4}})?"
)
_SOME_DIGIT = re.compile(r"\d")
_CODE_CUED = re.compile(rf"\b(?i:post\s?code|postal\scode|zip(?:\scode)?)(?:\sis)?:?[ ](?P<code>{_CODE})")

_NO_UNIT = r"(?!\s?(?:mm|cm|ml|mL|mg|kg|HU|Hz|Gy|cc|h|hrs?|hours?)\b|\s?%|:\d)"
_EXTENSION = r"(?:,?\s(?:ext|extn|extension|x)\.?\s?\d{2,6})?"
# Forms that are nothing but a telephone number.
_PHONE_WHOLE = re.compile(
    rf"""(?<![\w./+-])(?:
        \+\d{{1,3}}(?:[\s.-]\(?\d{{1,5}}\)?){{2,6}}             # +44 20 7946 0155
      | (?:1[\s.-])?\(\d{{3}}\)\s?\d{{3}}[\s.-]?\d{{4}}         # (555) 014-2288
      | (?:1[\s.-])?\d{{3}}([-.\s])\d{{3}}\1\d{{4}}             # 555-013-7741
      | 0\d{{2,4}}[\s-]\d{{3,4}}[\s-]\d{{3,4}}                  # 020 7946 0812
      | 0\d{{4}}[\s-]\d{{5,6}}                                  # 01632 960733
    ){_EXTENSION}(?![\w/]|[.-]\d){_NO_UNIT}""",
    re.VERBOSE,
)
_SOME_DIGITS = re.compile(r"\d\D?\d")
# Numbers of any form after a word that says so.
_PHONE_NUMBER = rf"(?:\+?\(?\d[\d\s().-]{{2,20}}\d|x?\d-?\d{{3,6}}|\d{{3,6}}){_EXTENSION}(?![\w/]|[.-]\d){_NO_UNIT}"
_PHONE_CUED = re.compile(
    rf"""(?<!\w)(?:tel|telephone|phone|(?!(?-i:pH))ph|mobile|cell|fax|faxed\ to|pager|paged\ (?:at|on|to)
        |(?:pager|reached)\ at|beep(?:er)?|bleep(?:ed)?|(?<!on\ )(?<!see\ )page|ext|extn|extension|dial|
        call\ ?back|call\ report\ to|hotline|switchboard|contact|voicemail|landline|direct\ line|ring)
        (?:\.?\s?(?:no|number|num|\#))?\.?\s?(?:[:=\#]|is|on|to)?\s{{0,2}}(?P<number>{_PHONE_NUMBER})""",
    re.IGNORECASE | re.VERBOSE,
)


def _address(section: Section) -> Iterator[Edit]:
    """Takes out street addresses with their town, post boxes, and post codes after a word that says so."""
    text = section.text
    if _SOME_DIGIT.search(text):
        found = [(match.start(), _without_sentence(text, match)) for match in _NUMBERED.finditer(text)]
        found += [match.span() for pattern in (_CODED, _BLOCKS) for match in pattern.finditer(text)]
        yield from apart([*found, *(match.span("code") for match in _CODE_CUED.finditer(text))], ADDRESS)


def _without_sentence(text: str, match: re.Match[str]) -> int:
    """Where the address ends: a town is no word of a report ("…, Right hip pain")."""
    end = match.start("tail")
    for part in re.finditer(r",?[ ][^,]+", match["tail"]):
        words = part[0].strip(", ").split(" ")
        if all(word.isalpha() and is_no_name(word, titled=True) and not word.isupper() for word in words):
            break
        end = match.start("tail") + part.end()
    return end - (text[end - 1] == ".")


def _phone(section: Section) -> Iterator[Edit]:
    """Takes out telephone, fax and pager numbers: by their form, and short ones by the word before them."""
    if _SOME_DIGITS.search(section.text):
        found = [match.span() for match in _PHONE_WHOLE.finditer(section.text)]
        yield from apart([*found, *(match.span("number") for match in _PHONE_CUED.finditer(section.text))], PHONE)


RULES = (
    TextRule(
        "address.v1",
        _address,
        (
            Example("Lives at 1482 Larkspur Lane, Fairhaven, OH 43999.", "Lives at [address]."),
            Example("To 23 Chestnut Close, Wetherham WX4 7QT.", "To [address]."),
            Example("From 29 Priory Walk, fall.", "From [address], fall."),
            Example("P.O. Box 3319, Cedar Hollow, TX 79999", "[address]"),
            Example("Right ribs 4, 5 and 6.", "Right ribs 4, 5 and 6."),
            Example("2 Hill-Sachs defects, 3 cm.", "2 Hill-Sachs defects, 3 cm."),
        ),
    ),
    TextRule(
        "phone.v2",
        _phone,
        (
            Example("Call (555) 014-2288 or 020 7946 0812.", "Call [phone] or [phone]."),
            Example("Pager 6120, dial x7-4410, +44 20 7946 0155", "Pager [phone], dial [phone], [phone]"),
            Example("Call 555-012-9090 ext. 214 now.", "Call [phone] now."),
            Example("Series 601, image 14, 1:100,000.", "Series 601, image 14, 1:100,000."),
            Example("Nodules 3 to 4 mm, contact 12 mm.", "Nodules 3 to 4 mm, contact 12 mm."),
            Example("Ph 555 0142. Venous gas: pH 7.52.", "Ph [phone]. Venous gas: pH 7.52."),
        ),
    ),
)
