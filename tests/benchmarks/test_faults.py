"""The fault bench is green, and turns red as soon as one protection is taken out: else it would prove nothing."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.faults import speed

# Leases of seconds on a machine that has something else to do would say nothing about delivery.
pytestmark = pytest.mark.alone
ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(
    r"seed=(\d+) faults=(\d+) kills=(\d+) planned=(\d+) lost=(\d+) duplicated=(\d+) late=(\d+) leaked=(\d+) stuck=(\d+)"
)


def bench(*arguments: str) -> tuple[int, dict[str, int], str]:
    """Exit code, the figures of the last line, and what was told beside it."""
    command = [sys.executable, "-m", "benchmarks", "faults", "--seed", "7", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = LINE.fullmatch(ended.stdout.strip().splitlines()[-1]) if ended.stdout.strip() else None
    assert found, ended.stderr[-2000:]
    names = ("seed", "faults", "kills", "planned", "lost", "duplicated", "late", "leaked", "stuck")
    return ended.returncode, dict(zip(names, map(int, found.groups()), strict=True)), ended.stderr


@pytest.mark.parametrize("database", ["", pytest.param("postgresql://", marks=pytest.mark.postgres)])
def test_nothing_is_lost_or_said_twice_while_processes_are_killed_and_slack_fails(database, request):
    if database:
        request.getfixturevalue("postgres_server")  # skipped where there is none
    code, told, beside = bench("--messages", "400", "--hits", "5", "--database-url", database)
    bad = {name: told[name] for name in ("lost", "duplicated", "late", "leaked", "stuck")}
    assert bad == {"lost": 0, "duplicated": 0, "late": 0, "leaked": 0, "stuck": 0}
    assert told["planned"] == 400
    assert told["kills"] >= 50
    assert told["faults"] >= 30
    assert code == 0, beside


HARM = {"claim": "duplicated", "lookup": "duplicated", "lease": "duplicated", "outbox": "lost"}


@pytest.fixture(scope="module")
def without():
    """What the bench says without each protection; all at once, since they wait for leases most of the time."""
    with ThreadPoolExecutor(len(HARM)) as pool:
        return dict(zip(HARM, pool.map(lambda name: bench("--messages", "80", "--without", name), HARM), strict=True))


@pytest.mark.parametrize("protection", HARM)
def test_without_a_protection_the_bench_turns_red(protection, without):
    code, told, _ = without[protection]
    assert code == 1
    assert told[HARM[protection]] > 0


def test_the_speed_of_sending_is_measured_beside_its_limits(capsys):
    speed.main(["--messages", "20"])
    sent, looked = capsys.readouterr().out.strip().splitlines()
    assert ">= 200 per s" in sent
    assert "<= 20.0 ms" in looked
