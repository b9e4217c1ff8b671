"""How a new thing becomes part of Rekindle by being one file: decorators that mark it, and `discover` that finds it.

A decorator returns a frozen value and changes nothing global, so importing a file has no side effect; whoever joins the
rooms calls `discover(package, kind)` once at the start. A file that defines nothing and a name that is defined twice
raise, so that no plug-in can be silently dead.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, TypeVar

Handler = Callable[..., Any]


class Named(Protocol):
    """Whatever can be discovered has a name that is unique within its kind."""

    @property
    def name(self) -> str:
        """The unique name."""
        ...


@dataclass(frozen=True)
class Command:
    """A slash command, also understood as a word in a DM and after an @mention.

    `recognises` says of plain words that begin with no command whether they mean this one all the same.
    """

    name: str
    usage: str
    handler: Handler
    words: tuple[str, ...] = ()
    recognises: Callable[[str], bool] | None = None

    @property
    def purpose(self) -> str:
        """The handler's first sentence, shown in help, in the manifest and in the README."""
        return _first_sentence(self.handler)


@dataclass(frozen=True)
class Button:
    """What happens when a button is pressed or a menu chosen; `name` is the action_id up to the first colon."""

    name: str
    handler: Handler


@dataclass(frozen=True)
class Form:
    """What happens when a form (modal) is sent; `name` is its callback_id."""

    name: str
    handler: Handler


@dataclass(frozen=True)
class TypeAhead:
    """Offers choices for a menu while a person types; `name` is the menu's action_id."""

    name: str
    handler: Handler


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut; `name` is its callback_id, `title` what Slack shows (at most 24 characters)."""

    name: str
    title: str
    kind: str
    handler: Handler


@dataclass(frozen=True)
class Job:
    """What the program does by itself; `name` is the name by which operators run it.

    It runs at every tick, or once on each of the tenant's days if `daily`, after those of a lower `rank`. `rehearsal`
    returns lines that say what it would do, without doing it.
    """

    name: str
    handler: Handler
    daily: bool = False
    rehearsal: Handler | None = None
    rank: int = 50

    @property
    def purpose(self) -> str:
        """The handler's first sentence."""
        return _first_sentence(self.handler)


@dataclass(frozen=True)
class MorningJob:
    """What people are told by itself, each in the own morning; those of a lower `rank` are told first.

    The handler is given all people whose morning it is, and yields a post for each who has something to hear. `first`
    is done before it is run by hand, in a transaction: what other jobs have usually done by the morning.
    """

    name: str
    handler: Handler
    rank: int
    first: Handler | None = None

    @property
    def purpose(self) -> str:
        """The handler's first sentence."""
        return _first_sentence(self.handler)


T = TypeVar("T", bound=Named)


def command(
    name: str, *, usage: str = "", words: tuple[str, ...] = (), recognises: Callable[[str], bool] | None = None
) -> Callable[[Handler], Command]:
    """Mark a function as the answer to the slash command `name`; `words` are what people may type instead in a DM."""
    return lambda handler: Command(name, usage, handler, words, recognises)


def button(name: str) -> Callable[[Handler], Button]:
    """Mark a function as the answer to every button or menu whose action_id is `name` or begins with `name:`."""
    return lambda handler: Button(name, handler)


def form(name: str) -> Callable[[Handler], Form]:
    """Mark a function as the receiver of the form with the callback_id `name`."""
    return lambda handler: Form(name, handler)


def type_ahead(name: str) -> Callable[[Handler], TypeAhead]:
    """Mark a function as the source of choices for the menu with the action_id `name`."""
    return lambda handler: TypeAhead(name, handler)


def shortcut(name: str, *, title: str, kind: str = "global") -> Callable[[Handler], Shortcut]:
    """Mark a function as the answer to a shortcut; kind is `global` or `message`."""
    return lambda handler: Shortcut(name, title, kind, handler)


def job(
    name: str, *, daily: bool = False, rehearsal: Handler | None = None, rank: int = 50
) -> Callable[[Handler], Job]:
    """Mark a function as a job: run at every tick, or once a day if `daily`; `rehearsal` says what it would do."""
    return lambda handler: Job(name, handler, daily, rehearsal, rank)


def morning_job(name: str, *, rank: int = 50, first: Handler | None = None) -> Callable[[Handler], MorningJob]:
    """Mark a function as what people are told in their morning; a lower `rank` is told first."""
    return lambda handler: MorningJob(name, handler, rank, first)


KINDS: tuple[type, ...] = (Command, Button, Form, TypeAhead, Shortcut, Job, MorningJob)


def _first_sentence(handler: Handler) -> str:
    return (handler.__doc__ or "").strip().split("\n")[0].rstrip(".")


def modules(package: ModuleType) -> list[ModuleType]:
    """Import and return every module directly inside a package, in the order of their names."""
    found = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in found]


def discover(package: ModuleType, kind: type[T]) -> dict[str, T]:
    """Find all values of one kind in the modules of a package, keyed by name.

    Raises `ValueError` for a module in which no plug-in of any kind is defined and for a name that is defined twice.
    """
    found: dict[str, T] = {}
    for module in modules(package):
        values = list(vars(module).values())
        if not any(isinstance(value, KINDS) for value in values):
            raise ValueError(
                f"{module.__name__} defines no plug-in: it would be silently dead. Decorate a function in it."
            )
        for value in values:
            if isinstance(value, kind):
                if value.name in found:
                    raise ValueError(f"{module.__name__} defines {kind.__name__} {value.name!r} a second time.")
                found[value.name] = value
    return found
