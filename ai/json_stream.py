"""Reads a JSON object while it is still being written, and hands on one list's items as they end.

The text comes in pieces that end anywhere: within a word, an escape, half an emoji. What is handed on
does not depend on where they end.
"""

import json
from typing import Any, Final

_OPEN: Final = {"{": "}", "[": "]"}
_BLANK: Final = frozenset(" \t\r\n")
_MAX_CHARS: Final = 262_144
_MAX_DEPTH: Final = 16


class MalformedJson(ValueError):
    """The text is not the JSON object it should be. The message says where it stopped being it."""


class ItemReader:
    """The reader of one object.

    Args:
        field: The field of the object that holds the list.

    What stands before the object's opening brace and after its closing one is ignored: models wrap
    their JSON in Markdown now and then.
    """

    def __init__(self, field: str) -> None:
        self._field = field
        self._text: list[str] = []  # all of the object, one piece a character
        self._closers: list[str] = []  # what the brackets that are open wait for
        self._in_string = False
        self._escaped = False
        self._string_from = 0
        self._key = ""  # the last string at the top level, which is the field's name if a colon follows
        self._in_field = False  # the field's name has been read, its value is next or under way
        self._item_from: int | None = None
        self._ended = False
        self._fault: MalformedJson | None = None

    @property
    def complete(self) -> bool:
        """Whether the object's closing brace was read."""
        return self._ended

    @property
    def broken(self) -> bool:
        """Whether the text can't become a JSON object any more, or is too long or too deep."""
        return self._fault is not None

    def feed(self, piece: str) -> list[Any]:
        """Take in the next piece and return the items that it completes.

        It does not raise, so that items before a fault are not lost: `broken` and `result` tell.
        """
        items: list[Any] = []
        try:
            for char in piece:
                if self._ended or self._fault:
                    break
                if not self._closers and char != "{":
                    continue  # before the object
                if len(self._text) >= _MAX_CHARS:
                    raise MalformedJson(f"It is longer than {_MAX_CHARS} characters.")
                self._text.append(char)
                self._step(char, items)
        except MalformedJson as fault:
            self._fault = fault
        return items

    def result(self) -> dict[str, Any]:
        """Return the whole object.

        Raises:
            MalformedJson: It did not end, or is no JSON.
        """
        if self._fault:
            raise self._fault
        if not self._ended:
            raise MalformedJson("It ended within the object." if self._text else "There was no object.")
        parsed = _parse("".join(self._text))
        if not isinstance(parsed, dict):
            raise MalformedJson("It is no object.")
        return parsed

    def _step(self, char: str, items: list[Any]) -> None:
        if self._in_string:
            self._within_string(char, items)
        elif char == '"':
            self._starts_item()
            self._in_string = True
            self._string_from = len(self._text) - 1
        elif char in _OPEN:
            self._starts_item()
            if len(self._closers) >= _MAX_DEPTH:
                raise MalformedJson("It is nested too deep.")
            self._closers.append(_OPEN[char])
        elif char in "}]":
            self._closes(char, items)
        elif char == ":" and len(self._closers) == 1:
            self._in_field = self._key == self._field
        elif char == ",":
            self._ends_item(items)
            if len(self._closers) == 1:
                self._in_field = False
        elif char not in _BLANK:
            self._starts_item()

    def _within_string(self, char: str, items: list[Any]) -> None:
        if self._escaped:
            self._escaped = False
        elif char == "\\":
            self._escaped = True
        elif char == '"':
            self._in_string = False
            if len(self._closers) == 1:
                self._key = str(_parse("".join(self._text[self._string_from :])))
            self._ends_item(items, with_this_char=True)

    def _closes(self, char: str, items: list[Any]) -> None:
        if char == "]":
            self._ends_item(items)  # a number or a word before the list's end
        if self._closers.pop() != char:
            raise MalformedJson(f"A bracket at character {len(self._text)} does not match.")
        self._ended = not self._closers
        self._ends_item(items, with_this_char=True)

    def _is_in_list(self) -> bool:
        """Whether what comes next, or has just ended, is an item of the field's list."""
        return self._in_field and len(self._closers) == 2 and self._closers[1] == "]"

    def _starts_item(self) -> None:
        if self._item_from is None and self._is_in_list():
            self._item_from = len(self._text) - 1

    def _ends_item(self, items: list[Any], *, with_this_char: bool = False) -> None:
        if self._item_from is None or not self._is_in_list():
            return
        end = len(self._text) - (0 if with_this_char else 1)
        items.append(_parse("".join(self._text[self._item_from : end])))
        self._item_from = None


def _parse(text: str) -> Any:
    try:
        # A raw line break within a string does no harm; the gates clean it away.
        return json.loads(text, strict=False, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"It is no JSON: {error}") from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
