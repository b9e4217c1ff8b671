"""How long somebody waits for `/segment`: the overview, lists, and turning their pages."""

from __future__ import annotations

from benchmarks import office
from benchmarks.bench import Bench
from benchmarks.lookup import expect, times
from benchmarks.office import Asked, Office
from sandbox.workspace import Person

SLOWEST = 300  # ms
# The list that is paged through, and the button for it.
TURNED, NEXT = "/segment stage:mature", "segment.page:next"
LISTS = ("lost", "value:high silent:>60d", "loyalty:swing -tag:vip spend:>1000")


def bench(run: Bench) -> None:
    """Ask for segments as the head of sales, who sees every customer, and as reps, who see those of their team."""
    with office.opened(office.rekindle_manifest(), run.crowd) as real, office.bot_at_work(run, real):
        turns = max(1, run.asks // 10)
        run.report.title(f"/segment over {run.customers:,} customers, each asked {turns} times")
        for label, people in (("everybody's", [real.head]), ("a team's", real.reps)):
            asked = [real.ask(people[turn % len(people)], "/segment") for turn in range(turns)]
            expect(all(len(one.answer.blocks) > 1 for one in asked), "/segment brought no overview")
            times(run.report, f"/segment, {label}", asked, p99=SLOWEST)
            for text in LISTS:
                asked = [real.ask(people[turn % len(people)], f"/segment {text}") for turn in range(turns)]
                expect(all(one.answer.blocks for one in asked), f"/segment {text} brought no list")
                times(run.report, f"/segment {text}, {label}", asked, p99=SLOWEST)
        times(run.report, "turning a page, everybody's", _turned(real, real.head, turns), p99=SLOWEST)


def _turned(real: Office, person: Person, turns: int) -> list[Asked]:
    """Page through one list, from its beginning again where it ends."""
    turned: list[Asked] = []
    message = real.ask(person, TURNED).answer
    expect(NEXT in office.buttons(message), "the list has no second page")
    while len(turned) < turns:
        if NEXT not in office.buttons(message):
            message = real.ask(person, TURNED).answer
        turned.append(real.press(person, message, NEXT))
    return turned
