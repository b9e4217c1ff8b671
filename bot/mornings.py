"""Plans what each person hears in the own morning: one message from each job, at most so many a day, each said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select, update

from bot import waking
from bot.blocks import BLOCKS, context, safe
from bot.desk import Desk, Reply
from bot.directory import Directory
from bot.morning import Morning, Post, receivers
from bot.waking import Someone, Turn
from customers.holding import erased_of
from customers.morning_tables import held_back
from customers.tables import access_log
from delivery import Message, Run, put_all, skip, take
from delivery.tables import runs
from plugins import MorningJob
from words.failures import noted

# People whose messages are written in one transaction: others who write wait for some tenths of a second at most.
TOGETHER = 100
# Whether a rep is new, or has chosen another morning, is looked at so often: that means reading about everybody.
THOROUGH = timedelta(minutes=10)
Item = TypeVar("Item")


class _Outdated(Exception):
    """Somebody of whom a message tells was erased since it was read what to tell."""


@dataclass
class Planned:
    """What came of planning, in numbers of posts, for whoever runs it by hand."""

    said: int = 0
    held_back: int = 0
    before: int = 0  # planned by an earlier run of the same morning
    broken: list[str] = field(default_factory=list)  # references into the log


class Mornings:
    """Plans mornings; several of them, in several processes, may share one database.

    Without a directory Slack is not asked: then only `rehearse` makes sense, and people whom Slack was never asked
    about count as reachable.
    """

    def __init__(self, desk: Desk, directory: Directory | None, jobs: Mapping[str, MorningJob]) -> None:
        self._desk, self._directory = desk, directory
        self._looked: datetime | None = None
        self.jobs = sorted(jobs.values(), key=lambda job: (job.rank, job.name))

    def tick(self) -> Planned | None:
        """Plan the mornings that have begun; None where there is nothing to do, which is found out within moments."""
        now, settings = self._desk.now, self._desk.settings
        if self._directory is not None:
            self._directory.keep_fresh(now)
        with self._desk.reading() as db:
            thorough = self._looked is None or now - self._looked >= THOROUGH
            if not (waking.anything_changed(db, settings, now) if thorough else waking.anything(db, now)):
                self._looked = now if thorough else self._looked
                return None
            turns = waking.turns(db, settings, now)
        people = [turn.someone for turn in turns if turn.someone is not None]
        done, failed = Planned(), False
        for job in self.jobs if people else ():
            try:
                self.run(job, people, now, done)
            except Exception as failure:  # the other jobs go on; this one is tried again until the morning ends
                done.broken.append(noted(failure))
                failed = True
        for part in _chunks(turns):
            with self._desk.transaction() as db:
                waking.keep(db, *_settled(part, failed), now)
        return done

    def everybody(self, *, always: bool = False) -> list[Someone]:
        """All whose morning it is now, or all who can be reached if `always`; asks Slack who they are if need be."""
        desk, unseen = self._desk, self._directory is None
        if self._directory is not None:
            self._directory.keep_fresh(desk.now)
        with desk.reading() as db:
            return waking.everybody(db, desk.settings, desk.now, always=always, unseen=unseen)

    def run(self, job: MorningJob, people: Sequence[Someone], now: datetime, done: Planned | None = None) -> Planned:
        """Plan what one job tells these people; what was planned for the same day before is left alone."""
        done = done or Planned()
        days = {someone.day for someone in people}
        with self._desk.reading() as db:
            counts, taken, waiting = _posts(db, days), _taken(db, job, days), _with_lines(db)
        for part in _chunks(self._posts(job, people, now), lambda post: post.cost):
            posts = [post for post in part if (_subject(post.to), post.to.day) not in taken]
            done.before += len(part) - len(posts)
            full = [post for post in posts if counts.get((_subject(post.to), post.to.day), 0) >= post.to.cap]
            self._hold_back(job, full, now, done)
            able = [post for post in posts if post not in full]
            try:
                said = self._write(job, able, now, waiting, done)
            except _Outdated:  # what is left to be planned is read anew
                return self.run(job, people, now, done)
            except Exception:  # one of them is broken: each on its own, so that the others are said
                said = [post for post in able for _ in self._write_alone(job, post, now, waiting, done)]
            for post in said:
                who = (_subject(post.to), post.to.day)
                counts[who] = counts.get(who, 0) + 1
            done.said += len(said)
        if done.said:
            self._desk.wake()
        return done

    def rehearse(self, job: MorningJob, people: Sequence[Someone], now: datetime) -> list[tuple[Someone, Reply]]:
        """What a job would say to these people, without saying or keeping anything."""
        said = []
        with self._desk.database.engine.connect() as db, db.begin() as undone:
            if job.first is not None:
                job.first(self._desk, db)
            taken = _taken(db, job, {someone.day for someone in people})
            for post in job.handler(self._morning(db, people, now)) if people else ():
                if (_subject(post.to), post.to.day) in taken:
                    continue
                reply = post.make(db)
                if reply is not None:
                    said.append((post.to, reply))
            undone.rollback()
        return said

    def _morning(self, db: Connection, people: Sequence[Someone], now: datetime) -> Morning:
        days = {someone.day for someone in people}
        by_day = {day: receivers(db, day, everybody=self._directory is None) for day in days}
        return Morning(db, self._desk, now, {someone.rep_id: someone for someone in people}, by_day)

    def _posts(self, job: MorningJob, people: Sequence[Someone], now: datetime) -> Iterator[Post]:
        with self._desk.reading() as db:
            posts: Iterable[Post] = job.handler(self._morning(db, people, now))
            yield from posts

    def _hold_back(self, job: MorningJob, posts: Sequence[Post], now: datetime, done: Planned) -> None:
        """Keep of posts beyond their readers' daily caps one line each."""
        if not posts:
            return
        with self._desk.transaction() as db:
            for post in posts:
                if skip(db, Run(job.name, _subject(post.to), post.to.day), "daily_cap", now):
                    held = {"rep_id": post.to.rep_id, "local_date": post.to.day, "job": job.name, "line": post.brief}
                    db.execute(insert(held_back).values(held))
                    done.held_back += 1

    def _write_alone(
        self, job: MorningJob, post: Post, now: datetime, waiting: frozenset[int], done: Planned
    ) -> list[Post]:
        """Write one person's message down; what fails in it is the fault of this message alone."""
        try:
            return self._write(job, [post], now, waiting, done)
        except Exception as failure:
            reference = noted(failure)
            done.broken.append(reference)
            with self._desk.transaction() as db:
                skip(db, Run(job.name, _subject(post.to), post.to.day), f"broken:{reference}", now)
            return []

    def _write(
        self, job: MorningJob, posts: Sequence[Post], now: datetime, waiting: frozenset[int], done: Planned
    ) -> list[Post]:
        """Take the runs of some people and write their messages down, all in one transaction; returns what was said."""
        if not posts:
            return []
        with self._desk.transaction() as db:
            wanted = {Run(job.name, _subject(post.to), post.to.day): post for post in posts}
            won = take(db, list(wanted), now)
            said: list[tuple[Post, Message, int]] = []
            nothing: list[int] = []
            for run, run_id in won.items():
                post = wanted[run]
                reply = post.make(db)
                if reply is None:
                    nothing.append(run_id)
                    continue
                if post.to.rep_id in waiting:
                    reply = _with_held_back(db, reply, post.to, now)
                payload = {"text": safe(reply.text), "blocks": list(reply.blocks)[:BLOCKS]}
                said.append((post, Message(post.to.user_id, payload, post.to.due, post.to.latest), run_id))
            if nothing:
                told = {"state": "skipped", "reason": "nothing_to_say"}
                db.execute(update(runs).where(runs.c.id.in_(nothing)).values(told))
            ids = put_all(db, job.name, [(message, run_id) for _, message, run_id in said])
            looks = [
                {"at": now, "rep_id": post.to.rep_id, "what": "morning", "customer_id": customer_id}
                for post, _, _ in said
                for customer_id in post.customers
            ]
            if looks:
                db.execute(insert(access_log), looks)
            if erased_of(db, {customer_id for post, _, _ in said for customer_id in post.customers}):
                raise _Outdated
            for (post, _, _), outbox_id in zip(said, ids, strict=True):
                if post.kept is not None:
                    post.kept(db, outbox_id)
        done.before += len(posts) - len(won)  # another process was quicker
        return [post for post, _, _ in said]


def _subject(someone: Someone) -> str:
    return f"rep:{someone.rep_id}"


def _posts(db: Connection, days: set[date]) -> dict[tuple[str, date], int]:
    """How many posts each subject got on these days."""
    if not days:
        return {}
    counted = select(runs.c.subject, runs.c.local_date, func.count()).where(
        runs.c.local_date.in_(sorted(days)), runs.c.state == "planned", runs.c.subject.startswith("rep:")
    )
    return {
        (subject, day): count for subject, day, count in db.execute(counted.group_by(runs.c.subject, runs.c.local_date))
    }


def _taken(db: Connection, job: MorningJob, days: set[date]) -> set[tuple[str, date]]:
    found = select(runs.c.subject, runs.c.local_date).where(runs.c.local_date.in_(sorted(days)), runs.c.job == job.name)
    return {(subject, day) for subject, day in db.execute(found)}


def _with_lines(db: Connection) -> frozenset[int]:
    """Those of whom something was held back that they have not been told yet."""
    return frozenset(db.scalars(select(held_back.c.rep_id).where(held_back.c.told_at.is_(None)).distinct()))


def _with_held_back(db: Connection, reply: Reply, someone: Someone, now: datetime) -> Reply:
    """A message with one line more: what the daily cap held back on an earlier day."""
    waiting = (held_back.c.rep_id == someone.rep_id) & held_back.c.told_at.is_(None)
    waiting &= held_back.c.local_date < someone.day
    lines = list(db.scalars(select(held_back.c.line).where(waiting).order_by(held_back.c.id)))
    if not lines:
        return reply
    db.execute(update(held_back).where(waiting).values(told_at=now))
    say = someone.say
    words = say("Held back by your limit of {cap} posts a day: {lines}", cap=someone.cap, lines=say.listing(lines))
    return Reply(reply.text, [*list(reply.blocks)[: BLOCKS - 1], context(safe(words))])


def _settled(turns: Sequence[Turn], failed: bool) -> tuple[list[Turn], dict[int, date]]:
    """What to write down of some turns; whose planning failed wakes up again at the next look."""
    kept = [turn for turn in turns if turn.someone is None or not failed]
    return kept, {turn.rep_id: turn.someone.day for turn in kept if turn.someone is not None}


def _chunks(items: Iterable[Item], cost: Callable[[Item], int] = lambda _: 1) -> Iterator[list[Item]]:
    """Items in parts that cost no more than TOGETHER, or one that alone costs more."""
    part: list[Item] = []
    spent = 0
    for item in items:
        if part and spent + cost(item) > TOGETHER:
            yield part
            part, spent = [], 0
        part.append(item)
        spent += cost(item)
    if part:
        yield part
