"""Cleaning: rules propose edits and drops, `apply` applies them, the audit keeps all of it."""

from radcurate.cleaning import (
    broken_words,
    contents_lists,
    credits,
    deidentify,
    duplicates,
    encoding,
    headings,
    judged_pieces,
    languages,
    lists,
    marked_citations,
    noise,
    normalise,
    page_noise,
    plain_citations,
    quality,
    raised_citations,
    references,
    repeats,
    report_lines,
    site_lines,
    spoken,
    technique,
    wiki_noise,
)
from radcurate.cleaning.rules import CollectionRule, DocumentRule, KeyedRule, Rule, SimilarityRule, TextRule

RULES: tuple[Rule, ...] = (
    *encoding.RULES,
    *normalise.RULES,
    *noise.RULES,
    *report_lines.RULES,
    *broken_words.RULES,
    *spoken.RULES,
    *technique.RULES,
    *lists.RULES,
    *repeats.RULES,
    *page_noise.RULES,
    *headings.RULES,
    *contents_lists.RULES,
    *site_lines.RULES,
    *credits.RULES,
    *references.RULES,
    *raised_citations.RULES,
    *marked_citations.RULES,
    *plain_citations.RULES,
    *judged_pieces.RULES,
    *wiki_noise.RULES,
    *deidentify.RULES,
    *quality.RULES,
    *languages.RULES,
    *duplicates.RULES,
)
RULE_IDS = tuple(rule.id for rule in RULES)


def chosen(ids: tuple[str, ...]) -> list[Rule]:
    """The rules of these ids, in this order."""
    by_id = {rule.id: rule for rule in RULES}
    return [by_id[identity] for identity in ids]


__all__ = [
    "RULES",
    "RULE_IDS",
    "CollectionRule",
    "DocumentRule",
    "KeyedRule",
    "Rule",
    "SimilarityRule",
    "TextRule",
    "chosen",
]
