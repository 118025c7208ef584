"""The JSON Schemas that are the contract, and the validators made of them."""

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs


@functools.cache
def load(name: str) -> dict[str, Any]:
    """The schema `<name>.schema.json`: document, record, manifest, recipe."""
    return dict(json.loads((Path(__file__).parent / f"{name}.schema.json").read_text(encoding="utf-8")))


@functools.cache
def validator(name: str) -> jsonschema_rs.Validator:
    """A compiled validator of that schema (draft 2020-12)."""
    return jsonschema_rs.validator_for(load(name))
