"""The one JSON gate of both halves: strict in, compact and valid out.

``NaN``, infinities, duplicate keys, lone surrogates, deep nesting and numbers of thousands of digits are refused:
Python's ``json`` would accept or crash on each of them, and two readers of one document would disagree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from math import isinf
from typing import Any, NoReturn

from axme.contract.limits import JSON_DEPTH


class JsonError(ValueError):
    """The text is not JSON we accept; the message says what and where."""


def _refuse_constant(word: str) -> NoReturn:
    raise JsonError(f"{word} is not JSON")


def _float(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise JsonError(f"the number {digits[:40]} is too large")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise JsonError(f"the key {twice!r} appears twice in one object")
    return found


def _encoder(*, sort_keys: bool = False) -> Callable[[Any], str]:
    """``json.JSONEncoder.encode``, with what it makes anew for each document made once."""
    whole = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return whole.encode
    # What contains itself ends in a RecursionError, as what is nested too deep does.
    made = make(None, whole.default, json.encoder.encode_basestring, None, ":", ",", sort_keys, False, False)
    return lambda value: "".join(made(value, 0))


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_refuse_constant)
#: How half of a surrogate pair begins, or a whole one.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_encode = _encoder()
_encode_sorted = _encoder(sort_keys=True)


def loads(data: bytes | str, *, depth: int = JSON_DEPTH) -> Any:
    """Decode one JSON document of at most ``depth`` levels.

    Raises:
        JsonError: it is not UTF-8, not JSON, or one of the refused forms above.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = _read(text)
        # So short a text cannot be nested too deep: each level has two brackets.
        if len(text) > 2 * depth and text.count("[") + text.count("{") > depth:
            _check_shape(value, keys=False, depth=depth)
        if "\\" in text and _HALF.search(text):
            _encode(value).encode("utf-8")
    except JsonError:
        raise
    except UnicodeDecodeError as error:
        raise JsonError(f"the text is not UTF-8 (byte {error.start})") from None
    except UnicodeEncodeError:
        raise JsonError("the text contains half of a surrogate pair") from None
    except RecursionError:
        raise JsonError(f"the document is nested deeper than {depth}") from None
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} at line {error.lineno} column {error.colno}") from None
    except ValueError:
        raise JsonError("a number has too many digits") from None
    return value


def _read(text: str) -> Any:
    if text.startswith("{"):
        # The usual document, without blanks around it: two searches for them are spared.
        value, end = _decoder.raw_decode(text)
        if end == len(text):
            return value
    return _decoder.decode(text)


def dumps(value: Any) -> str:
    """Encode compactly.

    Raises:
        JsonError: ``value`` holds something JSON cannot express; the message names its place: ``$.order.total``.
    """
    return _checked(value, _encode)


def encode(value: Any, *, sort_keys: bool = False) -> str:
    """:func:`dumps` for what needs no second look: read by :func:`loads`, or built of such values and plain text."""
    text: str = _encode_sorted(value) if sort_keys else _encode(value)
    return text


def canonical(value: Any) -> str:
    """Encode with sorted keys: equal documents give equal text, whatever the order they were written in."""
    return _checked(value, _encode_sorted)


def _checked(value: Any, encode: Any) -> str:
    try:
        text: str = encode(value)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        raise JsonError(next(_faults(value, "$", 0), "the value cannot be written as JSON")) from None
    _check_shape(value, keys=True)
    return text


def _check_shape(value: Any, *, keys: bool, depth: int = JSON_DEPTH) -> None:
    """The depth; and ``keys``, which json makes text of when they are none."""
    level = _deeper([(value,)])
    for _ in range(depth):
        if not level:
            return
        if keys:
            _check_keys(level)
        level = _deeper(level)
    if level:
        raise JsonError(f"the document is nested deeper than {depth}")


def _deeper(level: list[Any]) -> list[Any]:
    """The containers in the containers of one level. Most of what they hold is text, and is passed over first."""
    return [
        child
        for item in level
        for child in (item.values() if isinstance(item, dict) else item)
        if type(child) is not str and isinstance(child, (dict, list, tuple))
    ]


def _check_keys(level: list[Any]) -> None:
    # json turns the key 1 into "1" and None into "null" without a word; the caller would read back another object.
    for item in level:
        if isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise JsonError(f"the key {key!r} is not text")


def _faults(value: Any, place: str, depth: int) -> Iterator[str]:
    """What keeps ``value`` from being JSON, with its place."""
    if depth > JSON_DEPTH:
        yield f"{place[:80]}… is nested deeper than {JSON_DEPTH}, or contains itself"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _faults(item, f"{place}.{key}", depth + 1)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _faults(item, f"{place}[{index}]", depth + 1)
    elif isinstance(value, float) and (value != value or isinf(value)):
        yield f"{place} is {value}, which JSON cannot express"
    elif isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            yield f"{place} contains half of a surrogate pair"
    elif not isinstance(value, (int, float, bool, type(None))):
        yield f"{place} is a {type(value).__name__}, which JSON has no form for"
