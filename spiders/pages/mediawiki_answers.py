"""What all answers of a MediaWiki API share: JSON that is read by paths of keys, errors, warnings, and continuation.

An answer that is no JSON, that tells of an error, or that lacks what it needs raises `PageError`; nothing is guessed.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from web_poet import HttpResponse, Injectable

from radcurate.spiders.pages.page import PageError, shown, wrong

_SURROGATE = re.compile("[\ud800-\udfff]")
# Of a warning only what makes the answer another than the one asked for.
_FATAL = re.compile("truncated|unrecognized", re.IGNORECASE)


class ApiError(PageError):
    """The wiki says itself that it does not answer; `code` is its own word for why ("nosuchrevid")."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, "error", "error.code")
        self.code = code


def answered(body: bytes, address: str) -> dict[str, Any]:
    """The answer's JSON; raises `PageError` for what is none, `ApiError` where the wiki tells of an error."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError(f"the answer is no JSON: {shown(str(error))}, on {address}") from error
    if not isinstance(data, dict):
        raise PageError(f"the answer is JSON, but no object, on {address}")
    if (why := data.get("error")) is not None:
        code, info = str(as_object(why).get("code", "unknown")), str(as_object(why).get("info", why))
        raise ApiError(f"the wiki answered with the error `{code}`: {shown(info)}, on {address}", code)
    for module, told in as_object(data.get("warnings")).items():
        words = str(as_object(told).get("warnings", told))
        if _FATAL.search(words):
            raise PageError(f"the wiki warns of `{module}`: {shown(words)}, on {address}")
    return data


@dataclass(eq=False)
class ApiPage(Injectable):
    """What all answers share: JSON, read by paths of keys."""

    response: HttpResponse

    @functools.cached_property
    def data(self) -> dict[str, Any]:
        """The answer."""
        return answered(self.response.body, str(self.response.url))

    @property
    def going_on_from(self) -> Mapping[str, str] | None:
        """How to ask for what follows; None at the end."""
        told = as_object(self.data.get("continue"))
        return {str(key): str(value) for key, value in told.items()} or None

    def wrong(self, field_name: str, what: str = "nothing") -> PageError:
        """The error of a field, with where it was looked for and the answer's address."""
        return wrong(type(self), self.response, field_name, what)

    def number(self, field_name: str, value: Any) -> int:
        """A positive whole number; needed."""
        if type(value) is not int or not 0 < value < 10**18:
            raise self.wrong(field_name, f"no number in {shown(str(value))}" if value is not None else "nothing")
        return value

    def text(self, field_name: str, value: Any) -> str:
        """A text, lone surrogates replaced; needed."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(field_name, f"no text in {shown(str(value))}" if value is not None else "nothing")
        return whole(value)


def as_object(value: Any) -> dict[str, Any]:
    """The value where it is a JSON object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def whole(text: str) -> str:
    """The text, lone halves of surrogate pairs replaced: no file could hold them."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
