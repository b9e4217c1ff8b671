"""One run of the fault bench: plan, write, harm, wait, count, and one line that says what came of it."""

from __future__ import annotations

import multiprocessing
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.faults.lives import Lives, Ways
from benchmarks.outreach import count as counting
from benchmarks.outreach import notes, replica
from benchmarks.outreach import plan as plans
from benchmarks.outreach.meddling import Meddling
from benchmarks.outreach.numbers import LEASE, TIMEOUT, Numbers
from benchmarks.outreach.plan import Planned
from benchmarks.outreach.preparing import prepare
from care.sending import AMBIGUOUS
from customers.outreach_tables import drafts
from customers.tables import customers
from database import upgrade
from database.engine import Database
from delivery.handling import DATABASE_FAILS
from delivery.tables import outbox
from sandbox import mail, text_messages
from sandbox.mail import MailServer
from sandbox.text_messages import TextServer

# The share of messages that go wrong at the servers.
WRONG = 0.25
# What can happen there; signing in is not asked for, and a token that is refused closes the channel for all.
MAIL_FAULTS = tuple(name for name in (*mail.AT_CONNECTION, *mail.AT_MESSAGE) if name != "auth refused")
TEXT_FAULTS = tuple(name for name in text_messages.FAULTS if name != "401")
# With a protection taken out, what shows its worth: messages that wait behind slow ones, and ambiguous ones.
FAULTS_WITHOUT = {
    "gate": (0.4, ("slow before data", "slow after storing", "silence before", "silence after")),
    "hash": (0.0, ()),
    "hold": (0.0, ()),
    "blind": (0.3, ("drop after storing", "garbage after storing", "500 after", "reset after", "garbage after")),
}
# A client waits twice as long for the answer to a message as for anything else.
SLOW = 3 * TIMEOUT
# Where a replica may die: it takes no runs and looks nothing up.
POINTS = (
    "messages written", "leased", "about to send", "half sent", "body sent", "sent", "settling", "settled",
)  # fmt: skip
WHILE_APPROVING = ("messages written",)
# One kill for so many messages, beside those at the points: each may leave some in doubt.
MESSAGES_PER_KILL = 30
KILLS_PER_HIT = 1.5  # as many kills there may be in the beginning for each time that a point is to be hit
LIFE_FOR_A_POINT = 6.0  # seconds, in which a process on a busy machine has sent something
# Times the length of the plan after which harm ends, whatever was not hit; leases after that by which all is decided.
LONGEST, SETTLED_WITHIN = 3.0, 6 * LEASE
# The share of messages that may be left when harm ends, to be sent in peace.
LEFT = 0.05
LOOK = 1.0  # seconds between two looks at what is left


@dataclass(frozen=True)
class _Servers:
    """Both servers, and where replicas find them."""

    mail: MailServer
    texts: TextServer

    @property
    def faults(self) -> int:
        """How often something has gone wrong so far."""
        return sum(self.mail.faults.counted.values()) + sum(self.texts.faults.counted.values())


def run(numbers: Numbers) -> int:
    """Run once; 0 if nothing came twice, without consent, altered, got lost, or is undecided."""
    # Replicas are forked from a process that has imported everything and has no threads: each is born at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.outreach.replica"])
    database = Database(numbers.database_url)
    upgrade.prepare(database)
    planning = context.Process(target=plans.write, args=(numbers,))
    planning.start()
    planning.join()
    plan = plans.read(numbers.plan)
    prepare(database, plan)
    with (
        MailServer(tls=_certificate(numbers.folder), slow=SLOW) as mail_server,
        TextServer(silence=1.5 * TIMEOUT) as text_server,
    ):
        servers = _Servers(mail_server, text_server)
        share, among = FAULTS_WITHOUT.get(numbers.without, (WRONG, MAIL_FAULTS + TEXT_FAULTS))
        mail_server.faults.draw(numbers.seed, share, among)
        text_server.faults.draw(numbers.seed + 1, share, among)
        began = time.time()
        meddling = Meddling(database, plan, _ids(database), began)
        addressed = (mail_server.port, text_server.api_url, text_server.account, text_server.token)
        hits = numbers.hits

        def most() -> float:
            return (
                len(POINTS) * hits * KILLS_PER_HIT
                + (len(mail_server.messages) + len(text_server.messages)) / MESSAGES_PER_KILL
            )

        ways = Ways(POINTS, WHILE_APPROVING, hits, LIFE_FOR_A_POINT, LEASE, most)
        lives = Lives(context, replica.live, (numbers, addressed, began), numbers.replicas, ways, numbers.seed)
        try:
            meddling.start()
            _harm(lives, numbers, database)
            mail_server.faults.end()
            text_server.faults.end()
            lives.calm()
            _settle(lives, database)
        finally:
            meddling.stop()
            lives.end()
        counted = _count(numbers, database, plan, servers, meddling, lives)
    database.close()
    _tell(numbers, lives, servers, meddling, counted, time.time() - began)
    return 0 if counted.clean else 1


def _harm(lives: Lives, numbers: Numbers, database: Database) -> None:
    """Harm until the plan is over and every named point was hit often enough, or nothing is left to send."""
    began = looked = time.monotonic()
    while (passed := time.monotonic() - began) < numbers.seconds * LONGEST:
        lives.step()
        if passed > numbers.seconds and time.monotonic() - looked > LOOK:
            looked = time.monotonic()
            left = _left(database)
            if not left or (lives.enough and left < numbers.messages * LEFT):
                return


def _settle(lives: Lives, database: Database) -> None:
    """Let everything come to its end in peace."""
    until = time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < until and _left(database):
        lives.step()


def _left(database: Database) -> int:
    """How many drafts are not decided; all, while the database does not answer."""
    told = (drafts.c.state == "held") & (drafts.c.reason == AMBIGUOUS) & (outbox.c.state == "waiting")
    joined = select(func.count()).select_from(drafts.outerjoin(outbox, outbox.c.id == drafts.c.outbox_id))
    open_ones = joined.where(drafts.c.state.in_(("proposed", "approved", "held")), ~func.coalesce(told, False))
    try:
        with database.reading() as db:
            return db.scalar(open_ones) or 0
    except DATABASE_FAILS:
        return 1


def _count(
    numbers: Numbers,
    database: Database,
    plan: Sequence[Planned],
    servers: _Servers,
    meddling: Meddling,
    lives: Lives,
) -> counting.Counted:
    evidence = counting.Evidence(
        plan=plan,
        ids=_ids(database),
        record=meddling.record,
        notes=list(notes.read(numbers.notes)),
        harmed=frozenset(lives.harmed),
        offered=counting.went_wrong(servers.mail, servers.texts),
    )
    return counting.count(database, counting.taken(servers.mail, servers.texts), evidence)


def _ids(database: Database) -> dict[int, int]:
    """The id of each customer of the plan."""
    with database.reading() as db:
        return {int(row.key): row.id for row in db.execute(select(customers.c.key, customers.c.id))}


def _certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for the mail server, made anew for this run."""
    program = shutil.which("openssl")
    if program is None:
        raise SystemExit("The program openssl is not on this machine: it makes the mail server's certificate.")
    key, shown = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(shown)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, key)
    return context


def _tell(
    numbers: Numbers,
    lives: Lives,
    servers: _Servers,
    meddling: Meddling,
    counted: counting.Counted,
    seconds: float,
) -> None:
    points = " ".join(f"{point.replace(' ', '-')}={lives.hits[point]}" for point in POINTS)
    print(f"points: {points}", file=sys.stderr)
    for kind, server in (("mail", servers.mail), ("text", servers.texts)):
        for name, times in sorted(server.faults.counted.items()):
            print(f"  {times:5} {kind}: {name}", file=sys.stderr)
    for harm, words in counted.harms.items():
        for each in words[:10]:
            print(f"{harm}: {each}", file=sys.stderr)
    record, under_way = meddling.record, counted.under_way
    print(
        f"doubtful: {counted.by_servers} by what the servers did, {counted.by_kills} by a kill alone; "
        f"{counted.doubtful_stored} of them had arrived",
        file=sys.stderr,
    )
    print(
        f"stored={counted.stored} withdrawn={len(record.withdrawn)} under_way_by_then={len(under_way)} "
        f"longest_under_way={max(under_way, default=0.0):.2f}s undone={len(record.undone)} "
        f"tampered={len(record.tampered)} woken={lives.woken} seconds={seconds:.0f}",
        file=sys.stderr,
    )
    told = {harm: len(words) for harm, words in counted.harms.items()}
    print(
        f"seed={numbers.seed} planned={numbers.messages} faults={servers.faults} kills={lives.kills} "
        f"duplicated={told['duplicated']} without_consent={told['without_consent']} altered={told['altered']} "
        f"lost={told['lost']} doubtful={counted.doubtful} undecided={told['undecided']}",
        flush=True,
    )
