"""Runs one job by hand, or shows in the terminal what it would say to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection

from bot import schedule
from bot.desk import Block, Desk
from bot.mornings import Mornings
from bot.waking import Someone
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher
from plugins import Job, MorningJob
from words.errors import WrongUsage

# Slack's marks and escapes, which only disturb in a terminal.
_MARKS = str.maketrans("", "", "*`")
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
# A moment so little in the past is the present one: it was typed, or written by a script.
A_MOMENT = timedelta(minutes=2)


class AsIf(Clock):
    """The database's clock, ahead by so much: messages of a moment to come are said at once."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self, db: Connection) -> datetime:
        """The moment as which the run takes the present one."""
        return super().now(db) + self._ahead


def moment(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment that --now names, in the tenant's zone where it names none; raises `WrongUsage`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(
            "--now {text} is no moment: write it as 2026-03-31T08:30 or 2026-03-31T08:30+02:00.", text=text
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    if found < now - A_MOMENT:
        raise WrongUsage("--now {text} is in the past: nothing is said after its time.", text=text)
    return found


def known(name: str, jobs: Mapping[str, Job], of_mornings: Mapping[str, MorningJob]) -> Job | MorningJob:
    """The job of a name; raises `WrongUsage` that names all."""
    found = jobs.get(name) or of_mornings.get(name)
    if found is None:
        names = ", ".join(sorted([*jobs, *of_mornings]))
        raise WrongUsage("There is no job {name}. There are: {names}.", name=name, names=names)
    return found


def listing(jobs: Mapping[str, Job], mornings: Sequence[MorningJob]) -> Iterator[str]:
    """Every job with when it runs and what it does."""
    told = [(job.name, "in the morning", job.purpose) for job in mornings]
    told += [(job.name, "every day" if job.daily else f"every {schedule.TICK} s", job.purpose) for job in jobs.values()]
    widest = max(len(name) for name, _, _ in told)
    for name, when, purpose in sorted(told):
        yield f"{name:{widest}}  {when:14}  {purpose}."


def rehearse(desk: Desk, job: Job | MorningJob, mornings: Mornings) -> Iterator[str]:
    """What a job would say to whom, or do, at the desk's present moment."""
    if isinstance(job, Job):
        lines = [] if job.rehearsal is None else list(job.rehearsal(desk))
        yield from lines or [f"{job.name} says nothing to anybody: it works on the database alone."]
        return
    people = mornings.everybody()
    said = mornings.rehearse(job, people, desk.now)
    for someone, reply in said:
        yield f"{_when(someone)}  to {someone.name} <{someone.email}>"
        yield from (f"    {line}" for line in as_text(reply.blocks) or [reply.text])
        yield ""
    yield f"{len(said)} messages to {len(people)} people whose morning it is. Nothing was said."


def run(desk: Desk, job: Job | MorningJob, mornings: Mornings, dispatcher: Dispatcher) -> Iterator[str]:
    """Run a job now, and send what it planned; says what came of it."""
    if isinstance(job, Job):
        schedule.run_daily(desk, job) if job.daily else job.handler(desk)
        yield f"{job.name} is done."
        return
    if job.first is not None:
        with desk.transaction() as db:
            job.first(desk, db)
    people = mornings.everybody()
    done = mornings.run(job, people, desk.now)
    dispatcher.once()
    yield f"{done.said} messages to {len(people)} people whose morning it is."
    if done.before:
        yield f"{done.before} had been planned before: nobody is told twice on a day."
    if done.held_back:
        yield f"{done.held_back} were held back by the daily cap of their readers."
    if done.broken:
        yield f"{len(done.broken)} could not be made; the references to it in the log: {', '.join(done.broken)}"


def as_text(blocks: Sequence[Block]) -> list[str]:
    """The words of a message, line by line, its buttons in brackets."""
    found: list[str] = []
    for block in blocks:
        words = [block["text"]["text"]] if isinstance(block.get("text"), dict) else []
        words += [field["text"] for field in block.get("fields", ())]
        parts: list[dict[str, Any]] = [
            *block.get("elements", ()),
            *([block["accessory"]] if "accessory" in block else []),
        ]
        words += [part["text"] for part in parts if isinstance(part.get("text"), str)]
        buttons = [_label(part) for part in parts if not isinstance(part.get("text"), str)]
        if any(buttons):
            words.append(" ".join(f"[{label}]" for label in buttons if label))
        found += [line for text in words for line in _plain(text).split("\n")]
    return found


def _label(part: Mapping[str, Any]) -> str:
    return str((part.get("text") or part.get("placeholder") or {}).get("text", ""))


def _plain(text: str) -> str:
    return re.sub("&(lt|gt|amp);", lambda found: _ESCAPES[found[0]], text.translate(_MARKS))


def _when(someone: Someone) -> str:
    local = someone.due.astimezone(someone.say.zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
