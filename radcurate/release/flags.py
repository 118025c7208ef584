"""What Presidio takes for personal in a release's documents, for a person to look at; it changes nothing.

    pip install 'radcurate[pii]' && radcurate inspect RELEASE --pii

In: `documents/`. Out: a row for each find. Only Presidio's patterns are used: numbers of telephones, cards, accounts
and insurances, network addresses, dates. Its recogniser of names needs a language model, and takes eponyms for people;
those for e-mail and web addresses ask the network, and `email.v1` and `url.v1` take these out anyway.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy

from radcurate.errors import UsageError
from radcurate.release.overview import documents_of

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

LANGUAGE = "en"
RECOGNISERS = (
    "CreditCardRecognizer", "DateRecognizer", "IbanRecognizer", "IpRecognizer", "MedicalLicenseRecognizer",
    "NhsRecognizer", "PhoneRecognizer", "UsItinRecognizer", "UsPassportRecognizer", "UsSsnRecognizer",
)  # fmt: skip
# Presidio gives a bare pattern 0.05 to 0.5: "12/33" is a date at 0.1, "3/14/2019" at 0.6.
LEAST = 0.4


def flags(release: Path) -> Iterator[dict[str, Any]]:
    """`document_id`, `section`, `start`, `end`, `entity`, `score` and `text` of each find, in the documents' order."""
    analyzer = _analyzer()
    for document in documents_of(release):
        for section in document["sections"]:
            found = analyzer.analyze(section["text"], LANGUAGE, score_threshold=LEAST)
            for one in sorted(found, key=lambda one: (one.start, one.end, one.entity_type)):
                yield {
                    "document_id": document["document_id"],
                    "section": section["name"],
                    "start": one.start,
                    "end": one.end,
                    "entity": one.entity_type,
                    "score": round(one.score, 2),
                    "text": section["text"][one.start : one.end],
                }


def _analyzer() -> "AnalyzerEngine":
    try:
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError as error:
        raise UsageError("--pii needs Presidio, which is not installed\npip install 'radcurate[pii]'") from error

    class Tokens(SpacyNlpEngine):  # type: ignore[misc, unused-ignore]
        """spaCy's tokenizer without a model, which would have to be fetched."""

        def load(self) -> None:
            self.nlp = {LANGUAGE: spacy.blank(LANGUAGE)}

    tokens = Tokens(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])
    tokens.load()
    recognisers = [getattr(predefined_recognizers, name)() for name in RECOGNISERS]
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognisers), nlp_engine=tokens, supported_languages=[LANGUAGE]
    )
