"""Joins the rooms: the one place where settings, database, commands, jobs and Slack meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import socket

from slack_sdk import WebClient

import commands
import jobs
import plugins
from bot import schedule, web
from bot.app import Edge, Plugs, web_client
from bot.channels import channels
from bot.checked import Checked
from bot.connection import connected
from bot.courtesy import Courtesy
from bot.desk import Desk
from bot.directory import Directory
from bot.freshness import Freshness
from bot.mornings import Mornings
from bot.people import People
from bot.post import SlackPosts
from bot.redrawing import Redrawing
from bot.settings import Settings, load
from care.sending import Gate
from customers.looks import Looks
from database.engine import Database
from database.upgrade import opened
from delivery import SLACK
from delivery.clock import Clock
from delivery.dispatcher import Dispatcher


@dataclass(frozen=True)
class Working:
    """What is at work while the program runs."""

    client: WebClient
    desk: Desk
    mornings: Mornings
    dispatcher: Dispatcher
    jobs: schedule.Jobs


def discovered() -> Plugs:
    """Find everything that people can do."""
    return Plugs(
        plugins.discover(commands, plugins.Command),
        plugins.discover(commands, plugins.Button),
        plugins.discover(commands, plugins.Form),
        plugins.discover(commands, plugins.TypeAhead),
        plugins.discover(commands, plugins.Shortcut),
    )


@contextmanager
def offline_desk() -> Iterator[Desk]:
    """A desk for the terminal: what it plans for Slack is said by the bot that runs."""
    settings = load()
    with opened(settings.database_url) as database, working(settings, database, discovered(), offline=True) as at_work:
        yield at_work.desk


@contextmanager
def answering(
    settings: Settings,
    database: Database,
    plugs: Plugs,
    *,
    clock: Callable[[], datetime] | None = None,
    delivery_clock: Clock | None = None,
    ticks: bool = True,
) -> Iterator[Working]:
    """Be connected to Slack, run the jobs and send what is due, until the end of the block.

    Tests hand in other clocks, and tick by hand.
    """
    with working(settings, database, plugs, clock=clock, delivery_clock=delivery_clock) as at_work:
        desk = at_work.desk
        desk.freshness.catch_up(desk.today)
        edge = Edge(at_work.client, desk, plugs)
        at_work.dispatcher.start()
        ticker = schedule.start(at_work.jobs, settings.time_zone) if ticks else None
        try:
            with connected(edge.app, settings, edge.arrived):
                yield at_work
        finally:
            if ticker is not None:
                ticker.shutdown(wait=True)
            edge.close()


@contextmanager
def working(
    settings: Settings,
    database: Database,
    plugs: Plugs,
    *,
    clock: Callable[[], datetime] | None = None,
    delivery_clock: Clock | None = None,
    offline: bool = False,
) -> Iterator[Working]:
    """Everything that jobs need, joined but not yet started; at the end what is being sent is finished.

    `offline` asks Slack nothing: for showing what would be said.
    """
    customers_by = channels(settings)  # what is missing there is said before anything is connected
    rules, client, now = settings.rules, web_client(settings), clock or (lambda: datetime.now(UTC))
    people = People(client, database, settings, now, team_id="" if offline else None)
    dispatcher = Dispatcher(
        database,
        {SLACK: SlackPosts(client, timeout=settings.send_timeout), **customers_by},
        check=Checked(Courtesy(database, settings, now), Gate(database, settings.outreach, now)),
        numbers=settings.leasing,
        workers=settings.send_workers,
        clock=delivery_clock,
    )
    desk = Desk(
        settings=settings,
        database=database,
        looks=Looks(database),
        rules=rules,
        freshness=Freshness(database, rules, settings.home_currency),
        people=people,
        commands=plugs.commands,
        clock=now,
        wake=dispatcher.wake,
    )
    directory = None if offline else Directory(client, database, people.team_id)
    mornings = Mornings(desk, directory, plugins.discover(jobs, plugins.MorningJob))
    at_work = Working(
        client, desk, mornings, dispatcher, schedule.Jobs(desk, plugins.discover(jobs, plugins.Job), mornings)
    )
    try:
        yield at_work
    finally:
        dispatcher.stop()


@contextmanager
def serving_web(desk: Desk, listening: socket) -> Iterator[web.Serving]:
    """The public web at a port; what it learns of messages shows on their cards."""
    with (
        Redrawing(desk) as redrawing,
        web.serve(desk.settings, desk.database, desk.clock, redrawing.soon, listening) as serving,
    ):
        yield serving
