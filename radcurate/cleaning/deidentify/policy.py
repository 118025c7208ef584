"""What a recipe says of de-identification, and which rules a document gets by it.

In: `[cleaning]` of a recipe (`surrogates`, `dates`). Out: a `Policy`, and for each document the rules as they apply to
it: a rule that moves dates is made with the key for the document's group; what a publisher invented stays by default.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from radcurate.cleaning.rules import KeyedRule, Rule, Shift, TextRule
from radcurate.documents import Document
from radcurate.errors import UsageError

KEEP, TREAT = "keep", "treat"
# Fewer characters could be found by trying.
SHORTEST_KEY = 32


@dataclass(frozen=True)
class Policy:
    """`surrogates` are the sources whose names and dates are their publisher's inventions; `treated`: as real ones."""

    surrogates: tuple[str, ...] = ()
    treated: bool = False
    shift: Shift | None = None

    def parameters(self) -> dict[str, Any]:
        """As a stage is told."""
        shift = {"key": self.shift.key.hex(), "day_first": self.shift.day_first} if self.shift else None
        return {"surrogates": list(self.surrogates), "treated": self.treated, "shift": shift}


def from_parameters(parameters: Mapping[str, Any]) -> Policy:
    """The policy that a stage was told of; without any, the default."""
    shift = parameters.get("shift")
    return Policy(
        tuple(parameters.get("surrogates", ())),
        parameters.get("treated", False),
        Shift(bytes.fromhex(shift["key"]), shift["day_first"]) if shift else None,
    )


def rules_for(document: Document, rules: Iterable[Rule], policy: Policy) -> list[Rule]:
    """The rules that apply to this document, in their order."""
    kept = document.source in policy.surrogates and not policy.treated
    bound = [_bound(rule, document, policy) for rule in rules]
    return [rule for rule in bound if not (kept and isinstance(rule, TextRule) and rule.surrogates)]


def _bound(rule: Rule, document: Document, policy: Policy) -> Rule:
    if not isinstance(rule, KeyedRule):
        return rule
    if policy.shift is None:
        raise ValueError(f"{rule.id} needs a key")
    return rule.rule_for(policy.shift, document.group_id)


def without_surrogate_fields(document: Document, policy: Policy) -> Document:
    """A document whose surrogates are treated as real ones also loses the day on which its images were made."""
    return replace(document, studied=None) if policy.treated and document.source in policy.surrogates else document


def check(recipe: Path, rules: Sequence[str], keyed: bool) -> None:
    """Raises `UsageError` where rules and key do not fit: each rule for dates excludes the other."""
    if "shifted_date.v2" in rules and "date.v2" in rules:
        raise UsageError(f"{recipe}: `cleaning.rules` names date.v2 and shifted_date.v2; take one of them")
    if "shifted_date.v2" in rules and not keyed:
        raise UsageError(f"{recipe}: shifted_date.v2 needs `cleaning.dates.key`, a file that holds a secret key")
    if keyed and "shifted_date.v2" not in rules:
        raise UsageError(f"{recipe}: `cleaning.dates.key` is for shifted_date.v2, which `cleaning.rules` does not name")


def read_key(path: Path) -> bytes:
    """The secret key in a file, blanks at its edges left out."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"{path}: `cleaning.dates.key` cannot be read: {error.strerror}") from error
    if len(key) < SHORTEST_KEY:
        make = "python -c 'import secrets; print(secrets.token_hex(32))'"
        raise UsageError(f"{path}: a key has {SHORTEST_KEY} characters at least\nMake one: {make} > {path.name}")
    return key
