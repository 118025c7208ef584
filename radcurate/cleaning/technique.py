"""The rule for technique boilerplate that stands among findings. `technique.toml` has the words it is told by."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, sentences, without
from radcurate.documents import Section

WHERE = ("findings", "impression")
_WORD = re.compile(r"[^\W\d_][\w-]*")
_LABEL = re.compile(r"technique\s*[:-]", re.IGNORECASE)
# "IV contrast: none." goes on with what "Technique:" began.
_FURTHER = re.compile(r"(?:iv|oral) contrast:", re.IGNORECASE)
_UNITS = {"mm", "cm", "ml", "mgy", "mg", "kg", "m", "mgy-cm", "min", "s", "msec", "f", "g", "x"}


@functools.cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(data["tells"]), frozenset(data["words"])


def _technique_sentence(section: Section) -> Iterator[Edit]:
    """Takes out a sentence among findings whose every word tells of how images were made, and no other."""
    if section.name.startswith(WHERE):
        yield from without(section.text, [unit for unit in sentences(section.text) if _is_technique(unit)])


def _is_technique(unit: Unit) -> bool:
    tells, known = _listed()
    words = [word.lower() for word in _WORD.findall(unit.text)]
    foreign = [word for word in words if word not in known and word not in _UNITS]
    if _FURTHER.match(unit.text):
        return not foreign
    return (
        bool(words)
        and not foreign
        and not tells.isdisjoint(words)
        and (len(words) > 2 or bool(_LABEL.match(unit.text)))
    )


RULES = (
    TextRule(
        "technique_sentence.v1",
        _technique_sentence,
        (
            Example("PA and lateral views of the chest were obtained. Clear lungs.", "Clear lungs."),
            Example("Technique: PA and lateral chest.\nThe lungs are clear.", "The lungs are clear."),
            Example("The duct is not seen. DLP: 512 mGy·cm.", "The duct is not seen."),
            Example("On the PA view the heart is enlarged.", "On the PA view the heart is enlarged."),
            Example("No fracture is seen on these two views.", "No fracture is seen on these two views."),
            Example("The technique is limited by motion.", "The technique is limited by motion."),
        ),
        REPORTS,
    ),
)
