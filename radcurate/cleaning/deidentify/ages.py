"""The rule for ages over 89, which are few enough to lead to a person: they become `90+`, as the sources write them."""

import re
from collections.abc import Iterator

from radcurate.cleaning.deidentify.context import apart
from radcurate.cleaning.deidentify.marks import OVER_89
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
_SPOKEN = rf"(?:ninety(?:[ -](?:{_UNITS}))?|(?:a|one)?[ -]?hundred(?:[ -]and)?(?:[ -](?:{_UNITS}|{_TEENS}))?)"
# What the rule itself wrote is no age any more.
_AGE = rf"(?P<age>(?:9\d|1[0-2]\d)(?![\d+])|{_SPOKEN})"
_SOME_AGE = re.compile(r"9\d|1[0-2]\d|ninet|hundred", re.IGNORECASE)
_YEARS = r"y(?:ea)?rs?\b\.?"
_SEXES = (
    r"(?:wom[ae]n|m[ae]n|male|female|lady|gentleman|patient|pt|resident|widow|widower|nonagenarian|(?:super)?centenarian"
    r"|veteran|pensioner|grandmother|grandfather|[MF])"
)
# What a number after "he is" may count instead of years.
_OTHER = (
    r"(?!\s?(?:%|/\d|[-–.]\d|(?:kg|lbs?|pounds|cm|mm|bpm|percent|per|degrees?|beats|minutes?|days?|weeks?|months?|hours?"
    r"|to|of|out|on)\b))"
)
_NOT_GONE = (
    r"(?!\s+(?:history|hx|ago|of\s+(?!age)|later|earlier|before|after|since|prior|post|survival|experience|smok))"
)
# Nothing that counts something else, and no range or bound of a population ("80-95 years", "over 90 years of age").
_BOUNDS = (
    "over",
    "above",
    "under",
    "below",
    "than",
    "to",
    "least",
    "and",
    "or",
    "until",
    "≥",
    ">",
    "<",
    "about",
    "beyond",
)
_BEFORE = r"(?<![\w.,/+–-])" + "".join(f"(?<!{word} )" for word in _BOUNDS)
_COUNTS = r"\s*(?:[-–%.]\d|%|(?:days?|weeks?|months?|hours?|wks?|mm|cm)\b|th\b|(?:to|and|or)\s+\d)"
_PATTERNS = (
    # 94-year-old, 92 y/o, 97yo, 107 y.o., "90 y o", 99 years old
    re.compile(rf"{_BEFORE}{_AGE}[\s-]?(?:{_YEARS}|y)[\s./-]{{0,2}}o(?:ld|\b\.?)", re.IGNORECASE),
    # aged 91, age 96, Age: 93, at the age of 95, "the age of the patient (93)"
    re.compile(
        rf"\b(?<!bone )(?<!gestational )age[sd]?(?:\s+of(?:\s+(?:the\s+)?(?:patient|{_SEXES}))?)?(?:\s+(?:is|was))?"
        rf"[:=]?\s*\(?{_AGE}\b(?!{_COUNTS})",
        re.IGNORECASE,
    ),
    # "97 yrs, weight loss", "103 years and still": where a text, a line or a sentence begins
    re.compile(
        rf"(?:\A|(?<=\n)|(?<=[.:;?!] )){_AGE}[ -]?{_YEARS}(?=[\s,;.]|\Z){_NOT_GONE}(?!\s(?:to|or|is|are)\b)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:\A|(?<=\n)|(?<=[.:;?!] )){_AGE}y(?=[\s,;MF])", re.IGNORECASE),
    # "patient (98)", "died at 98", and "M 98," where a text, a line or a sentence begins
    re.compile(rf"\b{_SEXES}\s\({_AGE}(?=\)|\s?y)", re.IGNORECASE),
    re.compile(
        rf"\b(?:died|deceased|dead)\sat\s(?:the\sage\sof\s|age\s)?{_AGE}(?=[\s,.;:)]|\Z){_OTHER}", re.IGNORECASE
    ),
    re.compile(rf"(?:\A|(?<=\n)|(?<=[.:;?!] ))[MF]\s?{_AGE}(?=[,;.]\s|[.]?\Z|\sy)"),
    # M/92, "F, 93,"
    re.compile(rf"(?<![\w/])(?:[MF]|male|female|man|woman)(?:/|,\s){_AGE}(?![\w/]|[.-]\d){_OTHER}", re.IGNORECASE),
    # "he turned 100 last week", "she is now 94", "who was 97", "her 100th birthday", 93-jährige, 94 ans
    re.compile(
        rf"\b(?:he|she|who|patient|pt)\s(?:has\s|had\s|is\s|was\s|will\s|just\s|recently\s|will\sbe\s){{0,2}}"
        rf"(?:turn(?:s|ed|ing)?|is|was|reached|be)\s(?:now\s|nearly\s|almost\s|aged\s|already\s)?{_AGE}(?=[\s,.;:)]|\Z){_OTHER}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:turned|turning|now aged|reached the age of)\s{_AGE}(?=[\s,.;:)]|\Z){_OTHER}", re.IGNORECASE),
    re.compile(
        r"\b(?P<age>(?:9\d|1[0-2]\d)(?:st|nd|rd|th)|(?:ninety-\w+|ninetieth|hundredth))\sbirthday\b", re.IGNORECASE
    ),
    re.compile(
        rf"{_BEFORE}{_AGE}[\s-]?(?:jährige?[nmrs]?|Jahre\salt|ans|años|anni|anos|jarige|jaar\soud|års?|årige?)\b",
        re.IGNORECASE,
    ),
    # 92F, 91 M, 93/F: where a text, a line or a sentence begins
    re.compile(rf"(?:\A|(?<=\n)|(?<=[.:;] )|(?<=\bpt )|(?<=\bpatient )){_AGE}[ /]?[MF](?![\w.%])(?!\s?[\d/])"),
    # woman of 95, Female, 90 yrs, "Mr. [name], 94,"
    re.compile(rf"\b{_SEXES}\s+of\s+{_AGE}\b(?!\s*(?:mm|cm|ml|%|patients|cases))", re.IGNORECASE),
    re.compile(rf"\b{_SEXES},?\s+\(?{_AGE}\s?{_YEARS}(?!\s+(?:history|ago|of\s+(?!age)))", re.IGNORECASE),
    re.compile(rf"(?:\[name\]|\b{_SEXES}),\s{_AGE}(?=[,;.)])", re.IGNORECASE),
    re.compile(rf"\[name\]\s\({_AGE}(?=\)|\s?y)", re.IGNORECASE),
    # in her 102nd year, at 97 years of age, "at 96 years she was"
    re.compile(r"\b(?:her|his|their)\s+(?P<age>(?:9\d|1[0-2]\d)(?:st|nd|rd|th))\s+year\b", re.IGNORECASE),
    re.compile(rf"{_BEFORE}{_AGE}\s{_YEARS}\s+(?:of\s+age|she|he|the\s+patient)\b", re.IGNORECASE),
)


def _great_age(section: Section) -> Iterator[Edit]:
    """Writes an age over 89 as `90+`; ages of populations ("over 90 years of age", "80-95 years") stay."""
    if _SOME_AGE.search(section.text):
        found = {match.span("age") for pattern in _PATTERNS for match in pattern.finditer(section.text)}
        yield from apart(found, OVER_89)


RULES = (
    TextRule(
        "great_age.v2",
        _great_age,
        (
            Example("A 94-year-old woman.", "A 90+-year-old woman."),
            Example("92F with cough. Aged 101 years.", "90+F with cough. Aged 90+ years."),
            Example("Ninety-four-year-old gentleman", "90+-year-old gentleman"),
            Example("89-year-old, 95 pack years, 91% stenosis", "89-year-old, 95 pack years, 91% stenosis"),
            Example("97 yrs, falls. M/92, pain.", "90+ yrs, falls. M/90+, pain."),
            Example("She turned 101 in May.", "She turned 90+ in May."),
            Example("A nonagenarian, 93, with pain.", "A nonagenarian, 90+, with pain."),
            Example("Une femme de 94 ans, 95-jährige Frau", "Une femme de 90+ ans, 90+-jährige Frau"),
            Example("95 years later; 92 years ago. He is 96 kg.", "95 years later; 92 years ago. He is 96 kg."),
            Example("The score was 94. M/L ratio 92.", "The score was 94. M/L ratio 92."),
            Example("In those over 90 years of age.", "In those over 90 years of age."),
        ),
    ),
)
