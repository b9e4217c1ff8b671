"""Understands `value:high loyalty:swing owner:me silent:>60d -tag:vip "acme"`, in English and in Chinese."""

from __future__ import annotations

from customers.fields import Field, built_in, by_any_name, closest
from customers.filter_tree import QUOTES, All, Condition, Either, Filter, Is, Node, Not, Where
from customers.filter_values import ORDERED, condition
from customers.filter_words import describe
from customers.folding import fold
from customers.storable import storable
from words.errors import BadInput

__all__ = ["Filter", "describe", "parse"]

# Slack hands over at most a few thousand characters; a person types a hundred. More only costs.
LONGEST = 1_000
# Brackets within brackets: nobody needs more, and Python's own stack must not decide.
DEEPEST = 20
MINUS, OPEN, CLOSE, COLON, COMMA = "-－−–", "(（", ")）", ":：", ",，、"
SIGNS = "><=≥≤＞＜＝"
OR, AND, NOT = ("or", "或", "或者", "|", "||"), ("and", "且", "并且", "&", "&&"), ("not", "非")


def parse(text: str) -> Filter:
    """Understand a filter; an empty text is everybody. Characters that no database can keep are left out.

    Raises `BadInput` that says what is wrong, at which position, and which known word is closest.
    """
    text = storable(text)
    if len(text) > LONGEST:
        raise BadInput("This filter has {length} characters; {most} are the most.", length=len(text), most=LONGEST)
    return Filter(_Reader(text).all())


class _Reader:
    """Reads a filter from left to right; `at` is the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def all(self) -> Node:
        """The whole text as one node."""
        if self._ahead() == "":
            return All()
        node = self._either()
        if self._ahead():  # only a bracket can be left
            raise BadInput("The bracket at character {at} closes nothing.", at=self.at + 1)
        return node

    def _ahead(self) -> str:
        """Skip blanks; the next character, empty at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _either(self) -> Node:
        parts = [self._both()]
        while self._takes(OR):
            parts.append(self._both())
        flat = [one for part in parts for one in (part.parts if isinstance(part, Either) else (part,))]
        return flat[0] if len(flat) == 1 else Either(tuple(flat))

    def _both(self) -> Node:
        parts = [self._one()]
        while self._takes(AND) or (self._ahead() and self._ahead() not in CLOSE and not self._takes(OR, peek=True)):
            parts.append(self._one())
        flat = [one for part in parts for one in (part.parts if isinstance(part, All) else (part,))]
        return flat[0] if len(flat) == 1 else All(tuple(flat))

    def _one(self) -> Node:
        negated = False
        while self._ahead() and (self._ahead() in MINUS or self._takes(NOT)):
            if self._ahead() in MINUS:
                self.at += 1
            negated = not negated
        start, sign = self.at, self._ahead()
        if not sign or sign in CLOSE or self._takes(OR, peek=True):
            raise BadInput(
                "Something is missing at character {at}: a field such as value:high, or a name.", at=self.at + 1
            )
        if sign in OPEN:
            node = self._bracket(start)
        elif sign in QUOTES:
            node = Where("name", (Is(self._quoted()),))
        else:
            node = self._term()
        if not negated:
            return node
        return node.part if isinstance(node, Not) else Not(node)

    def _bracket(self, start: int) -> Node:
        self.at += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadInput(
                "At character {at} brackets stand within more than {most} others.", at=start + 1, most=DEEPEST
            )
        node = self._either()
        if self._ahead() not in CLOSE or not self._ahead():
            raise BadInput("The bracket that opens at character {at} is never closed.", at=start + 1)
        self.at += 1
        self.depth -= 1
        return node

    def _term(self) -> Node:
        start = self.at
        word = self._raw(COLON + SIGNS)
        sign = self.text[self.at : self.at + 1]
        if not sign or sign not in COLON + SIGNS:
            return self._word(word, start)
        if not word:
            raise BadInput(
                "Something is missing at character {at}: a field such as value:high, or a name.", at=start + 1
            )
        field = by_any_name().get(fold(word))
        if field is None:
            raise _unknown(word, start + 1)
        if sign in COLON:
            self.at += 1
        return Where(field.name, self._conditions(field))

    def _word(self, word: str, start: int) -> Node:
        """A word without a field: a built-in segment (also of two words), or else part of the name."""
        here = self.at
        self._ahead()
        both = fold(f"{word} {self._raw(COLON + SIGNS)}")
        if both in built_in() and self.text[self.at : self.at + 1] not in (*COLON, *SIGNS):
            field, choice = built_in()[both]
            return Where(field.name, (Is(choice.code),))
        self.at = here
        if fold(word) in built_in():
            field, choice = built_in()[fold(word)]
            return Where(field.name, (Is(choice.code),))
        name = word.strip(COMMA)  # Acme, Inc
        if not fold(name):
            raise BadInput("“{value}” at character {at} is no name.", value=word, at=start + 1)
        return Where("name", (Is(name),))

    def _conditions(self, field: Field) -> tuple[Condition, ...]:
        found = [self._condition(field)]
        while self._ahead() and self._ahead() in COMMA:
            self.at += 1
            found.append(self._condition(field))
        return tuple(found)

    def _condition(self, field: Field) -> Condition:
        sign, start = self._ahead(), self.at
        if sign and sign in QUOTES:
            return condition(field, self._quoted(), start + 1, exact=True)
        signs = ""
        while self._ahead() and self._ahead() in SIGNS:
            signs += self._ahead()
            self.at += 1
        self._ahead()
        raw = self._raw("", thousands=field.kind in ORDERED)
        if not raw:
            raise BadInput("The field “{field}” has no value at character {at}.", field=field.typed, at=self.at + 1)
        return condition(field, signs + raw, start + 1, exact=False)

    def _raw(self, stops: str, *, thousands: bool = False) -> str:
        """Everything up to a blank, bracket, comma, quote or one of `stops`; amounts keep the commas in 1,234."""
        start = self.at
        while self.at < len(self.text):
            sign = self.text[self.at]
            group = self.text[self.at + 1 : self.at + 4]
            within = thousands and sign == "," and len(group) == 3 and group.isdigit() and self.at > start
            ends = sign.isspace() or sign in OPEN + CLOSE + QUOTES + stops or (sign in COMMA and not within)
            if ends and not (sign in COMMA and stops):
                break
            self.at += 1
        return self.text[start : self.at]

    def _quoted(self) -> str:
        start = self.at
        self.at += 1
        found = ""
        while self.at < len(self.text) and self.text[self.at] not in QUOTES:
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            found += self.text[self.at]
            self.at += 1
        if self.at >= len(self.text):
            raise BadInput("The quote that opens at character {at} is never closed.", at=start + 1)
        self.at += 1
        if not fold(found):
            raise BadInput("There is nothing between the quotes at character {at}.", at=start + 1)
        return found

    def _takes(self, words: tuple[str, ...], *, peek: bool = False) -> bool:
        """Whether one of these words comes next, as a word of its own; passes it unless it only peeks."""
        self._ahead()
        here = self.at
        found = fold(self._raw(COLON + SIGNS)) in words
        if not found or peek:
            self.at = here
        return found


def _unknown(word: str, at: int) -> BadInput:
    near = closest(word, list(by_any_name()))
    if near:
        return BadInput(
            "Unknown field “{field}” at character {at}: did you mean “{closest}”?", field=word, at=at, closest=near
        )
    return BadInput("Unknown field “{field}” at character {at}. `/segment help` lists all fields.", field=word, at=at)
