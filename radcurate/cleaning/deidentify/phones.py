"""The rule that takes out how a person is reached: telephone, fax and pager numbers."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import apart, either
from radcurate.cleaning.deidentify.marks import PHONE
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_NO_UNIT = r"(?!\s?(?:mm|cm|ml|mL|mg|kg|HU|Hz|Gy|cc|h|hrs?|hours?|cases|images|patients|years?)\b|\s?%|:\d)"
_EXTENSION = r"(?:,?\s(?:ext|extn|extension|x)\.?\s?\d{2,6})?"
# Forms that are nothing but a telephone number.
_PHONE_WHOLE = re.compile(
    rf"""(?<![\w./+-])(?:
        (?:\+|00[ ]?(?=[1-9]\d?\d?[ ]\d)(?=(?:[ ]?\d){{9}}))\d{{1,3}}(?:[\s./-]?\(0\)(?=[\s./-]?\d))?
          (?:[\s./-]?\(?\d{{1,5}}\)?){{2,7}}                     # +44 20 7946 0155
      | \+\d{{9,14}}
      | (?:1[\s.-])?\(\d{{3}}\)\s?\d{{3}}[\s.-]?\d{{4}}         # (555) 014-2288
      | (?:1[\s.-])?\d{{3}}([-.\s])\d{{3}}\1\d{{4}}             # 555-013-7741
      | \(0\d{{1,4}}\)[\s-]?\d{{3,4}}[\s-]?\d{{3,4}}             # (03) 5550 1234
      | \(\d\d\)\s9?\d{{4}}-\d{{4}}                            # (11) 95550-1234
      | 0\d{{2,4}}[\s-]\d{{3,4}}[\s-]\d{{3,4}}                  # 020 7946 0812
      | 0\d{{4}}[\s-]\d{{5,6}}                                  # 01632 960733
      | 0\d(?:[\s.-]\d\d){{4}}                                 # 01 99 00 27 64
      | 0\d{{1,4}}[\s/-]\d{{2,8}}(?:[\s-]\d{{2,4}}){{1,3}}        # 030 23125 118, 08-465 004 61
      | 0\d{{2,4}}/\d{{4,8}}                                    # 0301/234567
      | 1[38]00[\s-]\d{{3}}[\s-]\d{{3}}                          # 1300 555 012
    ){_EXTENSION}(?![\w/]|[.-]\d){_NO_UNIT}""",
    re.VERBOSE,
)
_SOME_DIGITS = re.compile(r"\d\D?\d")
# Numbers of any form after a word that says so.
_PHONE_NUMBER = rf"(?:\+?\(?\d[\d\s()./-]{{2,20}}\d|x?\d-?\d{{3,6}}|\d{{3,6}}){_EXTENSION}(?![\w/]|[.-]\d){_NO_UNIT}"
_PHONE_CUED = re.compile(
    rf"""(?<!\w)(?:(?!(?-i:pH)\b)(?:{either(LEXICON["words"])})|(?<!on[ ])(?<!see[ ])page)
        (?:\.?\s?(?:\#|(?:{either(LEXICON["after"])})(?!\w))){{0,2}}\.?\s?[:=\#]?\s{{0,2}}(?P<number>{_PHONE_NUMBER})""",
    re.IGNORECASE | re.VERBOSE,
)


def _phone(section: Section) -> Iterator[Edit]:
    """Takes out telephone, fax and pager numbers: by their form, and short ones by the word before them."""
    if _SOME_DIGITS.search(section.text):
        found = [match.span() for match in _PHONE_WHOLE.finditer(section.text)]
        yield from apart([*found, *(match.span("number") for match in _PHONE_CUED.finditer(section.text))], PHONE)


RULES = (
    TextRule(
        "phone.v3",
        _phone,
        (
            Example("Call (555) 014-2288 or 020 7946 0812.", "Call [phone] or [phone]."),
            Example("Pager 6120, dial x7-4410, +44 20 7946 0155", "Pager [phone], dial [phone], [phone]"),
            Example("Call 555-012-9090 ext. 214 now.", "Call [phone] now."),
            Example("Tel. 01 99 00 41 12, 030 44125 118, DECT 51882", "Tel. [phone], [phone], DECT [phone]"),
            Example("Call back number given: 5550188.", "Call back number given: [phone]."),
            Example("Bleep holder 512; +44 (0)20 7946 0991", "Bleep holder [phone]; [phone]"),
            Example("Internal diameter 512, ring 3 to 5 mm", "Internal diameter 512, ring 3 to 5 mm"),
            Example("0.625 mm, 01-02 vs 03-04, 0 of 12 12 12", "0.625 mm, 01-02 vs 03-04, 0 of 12 12 12"),
            Example("Ph 555 0142. Venous gas: pH 7.52.", "Ph [phone]. Venous gas: pH 7.52."),
            Example("Series 601, image 14, 1:100,000.", "Series 601, image 14, 1:100,000."),
            Example("Nodules 3 to 4 mm, contact 12 mm.", "Nodules 3 to 4 mm, contact 12 mm."),
        ),
    ),
)
