"""What a page holds, as its page object reads it. Dates are ISO 8601; what a page does not state is None or empty."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A stretch of a body under one heading of the top level; the part before the first has the heading ''."""

    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Article:
    """A reference article. `sections` are the site's (Pathology, Signs …), `licence` the address of the page's own."""

    title: str
    rid: str
    body: tuple[Part, ...]
    systems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    citation: str | None = None
    doi: str | None = None
    permalink: str | None = None
    created: str | None = None
    revised: str | None = None
    revisions: int | None = None
    licence: str | None = None


@dataclass(frozen=True)
class Study:
    """One imaging study of a case; findings are '' where none are written."""

    id: str | None
    title: str | None
    modality: str | None
    findings: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case. `certainty` is what the site prints ("Diagnosis almost certain"), `study_pages` are links to studies that
    the page does not show, `related` are paths of articles."""

    title: str
    rid: str
    presentation: str = ""
    studies: tuple[Study, ...] = ()
    study_pages: tuple[str, ...] = ()
    discussion: str = ""
    certainty: str | None = None
    systems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    age: str | None = None
    sex: str | None = None
    related: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    citation: str | None = None
    doi: str | None = None
    permalink: str | None = None
    created: str | None = None
    revised: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class CaseStudies:
    """The studies that a page of their own shows, and the rID of their case."""

    rid: str
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class Listing:
    """A page of search results: links to what it lists, and to the next page; how many hits it says there are."""

    hits: tuple[str, ...]
    next_page: str | None
    stated: int | None
