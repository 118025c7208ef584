"""What a phrase of the lexicon can mean: a finding or device, a place, a modifier, a statement that all is normal."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """A label that a finding stands for, where its place is of `region` or not said (None: wherever it is)."""

    name: str
    region: str | None
    uncertain: bool


@dataclass(frozen=True)
class Finding:
    """A finding, diagnosis, device, variant, state after an operation (`postoperative`) or flaw of the image."""

    name: str
    kind: str
    region: str
    oidm_id: str | None
    code: str | None
    source: str
    labels: Mapping[str, tuple[Label, ...]]

    @property
    def is_device(self) -> bool:
        """True for tubes, lines, implants and things that lie outside the body."""
        return self.kind == "device"


@dataclass(frozen=True)
class Blocker:
    """Words that look like a finding and are none; `name` says why."""

    name: str


@dataclass(frozen=True)
class Normal:
    """A statement that denies the findings named in `denies`: "heart size is normal"."""

    name: str
    denies: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A side, lobe, zone, bone, level or organ; `side` is right, left, bilateral, midline or None."""

    name: str
    kind: str
    region: str
    side: str | None


@dataclass(frozen=True)
class Modifier:
    """A word of severity, size, change, acuity, distribution or number; `name` is its standard word."""

    name: str
    kind: str


@dataclass(frozen=True)
class Subject:
    """What a list of normal things names ("heart size, hila and bones are normal"): a predicate of these kinds said of
    it denies the findings in `denies`."""

    name: str
    denies: tuple[str, ...]
    predicates: tuple[str, ...]


@dataclass(frozen=True)
class Adjective:
    """What is said of a subject and names a finding of it: "enlarged" is cardiomegaly of the heart; by subject."""

    name: str
    findings: Mapping[str, Finding]


@dataclass(frozen=True)
class Predicate:
    """What is said of a subject: normal, clear, intact, midline."""

    name: str


Entry = Finding | Blocker | Normal | Place | Modifier | Subject | Predicate | Adjective

# Within a layer the longest phrase wins; layers do not shield one another ("apical" within "apical scarring"), save
# that a blocker shields all.
LAYERS: Mapping[type, str] = {
    Finding: "finding",
    Blocker: "finding",
    Normal: "finding",
    Place: "place",
    Modifier: "modifier",
    Subject: "subject",
    Predicate: "predicate",
    Adjective: "predicate",
}
