"""How fast e-mails go from their approval to a mail server that does not limit it, every check included."""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import func, select

from benchmarks.apart import apart
from benchmarks.figures import Report
from benchmarks.outreach.business import POLICY, ZONE, buyers, today, who
from benchmarks.tenant import HEAD, lead_email
from care import approving, drafting, examining, sending
from care.drafting import Wanted
from care.outreach_policy import Policy
from customers.outreach_tables import drafts
from database.engine import Database
from delivery.dispatcher import Dispatcher
from delivery.email import EmailChannel
from delivery.tables import outbox
from sandbox.mail import MailServer

SLOWEST = 100.0  # per s
LARGEST = 300.0  # MiB, as for the bot under load
# Seconds between two looks at what became of messages; in life it is half a minute.
LOOK = 3.0
OFFER = Wanted("win_back/price", "email", {"offer": "ten per cent off until the end of the month"})


def measure(report: Report, url: str, messages: int) -> None:
    """Send e-mails from a process of its own to a mail server in another one, and print the figures."""
    report.title(f"{messages:,} e-mails")
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,))
    server.start()
    port: int = ours.recv()
    done = apart("benchmarks.outreach.mail:send", url=url, port=port, messages=messages)
    ours.send(None)
    stored: dict[str, int] = ours.recv()
    server.join()
    if stored != {"messages": messages, "recipients": messages, "opened": stored["opened"]}:
        raise RuntimeError(f"{messages} e-mails were sent, and the server has {stored}")
    report.note(f"over {stored['opened']:,} connections")
    report.add("written, submitted, approved, put into the outbox", done.result["approved"], "s")
    report.add("e-mails sent", messages / done.result["sent"], "per s", at_least=SLOWEST)
    report.add("the same: peak memory", done.peak, "MiB", at_most=LARGEST)


def send(url: str, port: int, messages: int) -> dict[str, Any]:
    """Write to so many customers, have it approved, and send it; seconds for both."""
    database = Database(url)
    begun = time.perf_counter()
    approved(database, POLICY, messages)
    seconds = time.perf_counter() - begun
    ended = threading.Event()
    job = threading.Thread(target=_keep_the_books, args=(database, ended))
    channel = EmailChannel(host="127.0.0.1", port=port, security="none")
    dispatcher = Dispatcher(
        database, {"email": channel}, check=sending.Gate(database, POLICY, lambda: datetime.now(UTC))
    )
    begun = time.perf_counter()
    dispatcher.start()
    job.start()
    while _unsent(database):
        time.sleep(0.2)
    sent = time.perf_counter() - begun
    ended.set()
    job.join()
    settle(database)
    dispatcher.stop()
    with database.reading() as db:
        told = db.scalar(select(func.count()).select_from(drafts).where(drafts.c.state == "sent"))
    database.close()
    if told != messages:
        raise RuntimeError(f"{told} of {messages} drafts are said to be sent")
    return {"approved": seconds, "sent": sent}


def approved(database: Database, policy: Policy, messages: int) -> None:
    """Write to so many customers and have it approved in batches of the usual size, without a hold window."""
    at_once = replace(policy, hold=timedelta(0))
    with database.reading() as db:
        author, head, chosen = who(db, lead_email(1), today()), who(db, HEAD, today()), buyers(db, messages)
    held = 0
    for start in range(0, messages, policy.batch_most):
        some, now = chosen[start : start + policy.batch_most], datetime.now(UTC)
        with database.transaction() as db:
            made = drafting.propose(db, at_once, OFFER, some, by=author.id, at=now, today=today(), zone=ZONE)
            approving.ask(db, at_once, made.batch_id, by=author.id, at=now, day=today(), zone=ZONE)
        with database.transaction() as db:
            seen = examining.seal(examining.proposed(db, made.batch_id))
            held += approving.approve(db, at_once, made.batch_id, seen=seen, by=head, at=now, zone=ZONE).held
    if held != messages:
        raise RuntimeError(f"{held} of {messages} drafts were approved")


def serve(pipe: Connection) -> None:
    """Be the mail server: say the port, take e-mails until told to end, and say what is there."""
    with MailServer() as server:
        pipe.send(server.port)
        pipe.recv()
        people = {recipient for mail in server.messages for recipient in mail.recipients}
        pipe.send({"messages": len(server.messages), "recipients": len(people), "opened": server.opened})


def _keep_the_books(database: Database, ended: threading.Event) -> None:
    """Write down what became of messages, as the job does."""
    while not ended.wait(LOOK):
        settle(database)


def settle(database: Database) -> None:
    """What the job does with messages that have ended."""
    with database.reading() as db:
        if not sending.anything_settled(db):
            return
    with database.transaction() as db:
        sending.settle(db, datetime.now(UTC))


def _unsent(database: Database) -> int:
    unsent = select(func.count()).select_from(outbox).where(outbox.c.state != "sent")
    with database.reading() as db:
        return db.scalar(unsent) or 0
