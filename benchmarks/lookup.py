"""How long somebody waits for `/customer`: by exact name, with a slip, and when many ask at once."""

from __future__ import annotations

from random import Random

from benchmarks import hello, office, tenant
from benchmarks.apart import memory
from benchmarks.bench import Bench
from benchmarks.figures import Report, percentile
from benchmarks.names import mistyped
from benchmarks.office import Asked, Office
from customers.pinyin import has_han

MS = 1000
# The promises, in ms, MiB and seconds, and as ratios to a bare /hello in the same run.
SLOWEST = 100
RATIO, SHARE_OF_RATE = 2, 0.5
AT_START, UNDER_LOAD = 200, 300
CONNECTED = BACK = 5
# /hello says one word; answers without these were apologies.
GREETING = "hello"


def bench(run: Bench) -> None:
    """Ask for customers on the way that Slack takes: the bot connected over Socket Mode, in a process of its own."""
    rng = Random(run.seed)
    names = office.customers_to_ask(run, rng)
    with (
        office.opened(hello.MANIFEST, run.crowd) as plain,
        office.running(plain, ["-m", "benchmarks.hello"], run.folder),
        office.opened(office.rekindle_manifest(), run.crowd) as real,
        office.bot_at_work(run, real) as bot,
    ):
        run.report.title("The bot")
        run.report.add("connected after the start", bot.connected, "s", at_most=CONNECTED)
        run.report.add("memory after the start", memory("VmRSS", bot.pid), "MiB", at_most=AT_START)
        _one_by_one(run, plain, real, [name for name, _ in names[: run.asks]])
        _slips(run, real, rng, [name for name, _ in names[run.asks : 3 * run.asks]])
        _crowd(run, plain, real, names[3 * run.asks :])
        run.report.title("The bot, afterwards")
        run.report.add("back after its connection was reset", real.reset(), "s", at_most=BACK)
        run.report.add("most memory under load", memory("VmHWM", bot.pid), "MiB", at_most=UNDER_LOAD)


def _one_by_one(run: Bench, plain: Office, real: Office, names: list[str]) -> None:
    """In turn with /hello, so that whatever else the machine does concerns both."""
    hellos, cards = [], []
    for name in names:
        hellos.append(plain.ask(plain.head, "/hello"))
        cards.append(real.ask(real.head, f"/customer {name}"))
    expect(all(asked.answer.text == GREETING for asked in hellos), "/hello was not answered")
    expect(all(is_card(asked) for asked in cards), "an exact name did not bring the card")
    run.report.title(f"/customer by exact name, cold caches, {len(names):,} random names, each once")
    half = times(run.report, "/hello", hellos)
    times(run.report, "/customer, exact name", cards, p50=RATIO * half, p99=SLOWEST)


def _slips(run: Bench, real: Office, rng: Random, names: list[str]) -> None:
    """One slip per name, Latin and Chinese names apart."""
    run.report.title("/customer with one typing error per name")
    for label, chosen in (
        ("Latin", [name for name in names if not has_han(name)][: run.asks]),
        ("Chinese", [name for name in names if has_han(name)][: run.asks]),
    ):
        asked = [real.ask(real.head, f"/customer {mistyped(rng, name)}") for name in chosen]
        times(run.report, f"typing error, {label}", asked, p99=SLOWEST)
        found = sum(name in words(one) for name, one in zip(chosen, asked, strict=True))
        run.report.add(f"typing error, {label}: the right one is shown", 100 * found / len(chosen), "%")


def _crowd(run: Bench, plain: Office, real: Office, names: list[tuple[str, int]]) -> None:
    """Many reps at once, each asking for customers of the own team, whose cards are full."""
    each = max(1, 2 * run.asks // run.crowd)
    left = dict(names)
    lines = []
    for number in range(1, run.crowd + 1):
        mine = [name for name, owner in left.items() if tenant.team_of(owner) == tenant.team_of(number)][:each]
        for name in mine:
            del left[name]
        lines.append([f"/customer {name}" for name in mine])
    total = sum(len(line) for line in lines)
    # Half of /hello before and half after, so that a machine that tires is fair to both.
    greetings = [["/hello"] * each] * run.crowd
    before, _ = plain.at_once(plain.reps, greetings)
    seconds, asked = real.at_once(real.reps, lines)
    after, _ = plain.at_once(plain.reps, greetings)
    expect(all(is_card(one) for one in asked), "an exact name did not bring the card")
    run.report.title(f"{run.crowd} people at once, {total:,} look-ups")
    rate = 2 * each * run.crowd / (before + after)
    run.report.add("/hello: rate", rate, "1/s")
    run.report.add("/customer: rate", total / seconds, "1/s", at_least=SHARE_OF_RATE * rate)
    times(run.report, "/customer, many at once", asked)


def times(
    report: Report, label: str, asked: list[Asked], *, p50: float | None = None, p99: float | None = None
) -> float:
    """Report what half and what 99 in 100 waited at most; returns the former, in ms."""
    waited = [one.seconds * MS for one in asked]
    half = percentile(waited, 0.5)
    report.add(f"{label}: p50", half, "ms", at_most=p50)
    report.add(f"{label}: p99", percentile(waited, 0.99), "ms", at_most=p99)
    return half


def is_card(asked: Asked) -> bool:
    """Whether the answer is a customer's card: only that has the button for the timeline."""
    return "customer.timeline" in words(asked)


def words(asked: Asked) -> str:
    """Everything in an answer, as one text to look into."""
    return f"{asked.answer.text} {asked.answer.blocks}".replace("&amp;", "&")


def expect(condition: bool, otherwise: str) -> None:
    """Raise where an answer is not what it should be: its time would say nothing."""
    if not condition:
        raise RuntimeError(otherwise)
