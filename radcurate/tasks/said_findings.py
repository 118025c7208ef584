"""What two texts of one report say of findings, to be held against each other.

In: a whole report as text, its headings with it. Out: a string for each finding and all that is said of it; where it
stands, how often and in which words makes no difference. The lexicon is one of chest reports: on others it tells
little.
"""

from collections.abc import Mapping
from typing import Any

from radcurate.language.labels import observed


def said_findings(text: str) -> frozenset[str]:
    """Finding, polarity, what a denial is limited to, side, places, size, severity, change and status of a device, as
    one string a finding."""
    return frozenset(
        repr(
            (
                one.finding,
                one.polarity,
                one.qualifier,
                one.side,
                one.places,
                one.size,
                one.severity,
                one.change,
                one.device_status,
            )
        )
        for _, one in observed(text)
    )


def is_chest(record: Mapping[str, Any]) -> bool:
    """True for a record of a chest report."""
    return any(system.lower() == "chest" for system in record["systems"])
