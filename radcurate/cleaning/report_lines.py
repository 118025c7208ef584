"""Rules for lines of a report that its reporting system or its typist left: who signed it, where it ends, which page.

`report_lines.toml` has the patterns. One must match a whole line or sentence, so a finding on it keeps it.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.cleaning.whole_lines import matching
from radcurate.documents import Section

_DEGREES = r"(?:M\.?D|D\.?O|FRCR|MBBS|PhD|PGY-?\d|RT|R\.T)\.?"
_WHEN = r"(?:[ :,]*(?:\d[\d/.:-]*|[A-Z][a-z]{2,8}|[AP]M|[ap]\.?m\.?|XXXX|___))+"
_INITIALS = r"(?-i:[A-Z]{1,3}[a-z]{0,9}|[a-z]{2,4})"


def _closing_line(section: Section) -> Iterator[Edit]:
    """Takes out whole lines and sentences that say who signed, dictated, typed or approved the report, when and how."""
    yield from matching(section.text, *_patterns("closing_line"))


def _report_marker(section: Section) -> Iterator[Edit]:
    """Takes out whole lines and sentences that mark the end of a part, a page, or the state of the report."""
    yield from matching(section.text, *_patterns("report_marker"))


@functools.cache
def _patterns(rule: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a text needs to be looked at, and what a whole line or sentence must match."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    between = "|".join(data["who"]["between"])
    names = rf"(?-i:[A-Z][\w'’.-]*|(?:{between})\b|{_DEGREES}|XXXX|___|\d[\d/.:-]*)"
    places = {"{who}": rf"(?:[\s,.:;()/-]+{names})*", "{when}": _WHEN, "{initials}": _INITIALS, "{degree}": _DEGREES}
    patterns = []
    for pattern in data[rule]["patterns"]:
        for place, meaning in places.items():
            pattern = pattern.replace(place, meaning)
        patterns.append(pattern)
    return re.compile(data[rule]["needs"], re.IGNORECASE), re.compile("|".join(patterns), re.IGNORECASE)


RULES = (
    TextRule(
        "closing_line.v1",
        _closing_line,
        (
            Example("No acute disease.\nElectronically verified: Dr. ___ 2019-03-14 08:12", "No acute disease."),
            Example("Clear lungs. [dictated but not read]", "Clear lungs."),
            Example("Clear lungs.\nJD/mmk", "Clear lungs."),
            Example("Clear.\nI have personally reviewed the images and agree with the report above.", "Clear."),
            Example(
                "Suspected PE/DVT.\nTreatment is dictated by symptoms.",
                "Suspected PE/DVT.\nTreatment is dictated by symptoms.",
            ),
            Example("Signed consent was obtained.\nStaff present.", "Signed consent was obtained.\nStaff present."),
        ),
        REPORTS,
    ),
    TextRule(
        "report_marker.v1",
        _report_marker,
        (
            Example("*** END OF REPORT ***", ""),
            Example("The heart is large.\nPage 1 of 2\nClear lungs.", "The heart is large.\nClear lungs."),
            Example("FINAL REPORT\nClear lungs.", "Clear lungs."),
            Example(
                "End of the catheter in the azygos vein.\nPage kidney.",
                "End of the catheter in the azygos vein.\nPage kidney.",
            ),
        ),
        REPORTS,
    ),
)
