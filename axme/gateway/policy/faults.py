"""What a schema finds wrong, in sentences. Pure."""

from __future__ import annotations

from typing import Any


def sentences(messages: Any, where: str = "") -> list[str]:
    """marshmallow's nested messages as sentences, each with its place."""
    if isinstance(messages, dict):
        return [line for step, inner in messages.items() for line in sentences(inner, f"{where}.{step}".strip("."))]
    return [f"{where}: {text}" for text in (messages if isinstance(messages, list) else [messages])]
