"""The benches of messages to customers run; the one with faults is green, and red where a protection is missing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.outreach import bench

# Leases of seconds on a machine that has something else to do would say nothing about delivery.
pytestmark = pytest.mark.alone
ROOT = Path(__file__).resolve().parents[2]
HARMS = ("duplicated", "without_consent", "altered", "lost", "undecided")
LINE = re.compile(
    r"seed=(?P<seed>\d+) planned=(?P<planned>\d+) faults=(?P<faults>\d+) kills=(?P<kills>\d+) "
    r"duplicated=(?P<duplicated>\d+) without_consent=(?P<without_consent>\d+) altered=(?P<altered>\d+) "
    r"lost=(?P<lost>\d+) doubtful=(?P<doubtful>\d+) undecided=(?P<undecided>\d+)"
)


Told = tuple[int, dict[str, int], str]
"""Exit code, the figures of the last line, and what was told beside it."""
WITHOUT = {"gate": "without_consent", "hash": "altered", "hold": "altered", "blind": "duplicated"}


def begun(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks", "outreach", "faults", "--seed", "7", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[str]) -> Told:
    out, beside = process.communicate()
    found = LINE.fullmatch(out.strip().splitlines()[-1]) if out.strip() else None
    assert found, beside[-2000:]
    return process.returncode, {name: int(value) for name, value in found.groupdict().items()}, beside


@pytest.fixture(scope="module")
def without() -> dict[str, Told]:
    """A run without each of the protections, all at once: most of their time they wait."""
    small = ("--messages", "50", "--hits", "0", "--replicas", "2")
    running = {protection: begun(*small, "--without", protection) for protection in WITHOUT}
    return {protection: ended(process) for protection, process in running.items()}


def test_drafts_and_e_mails_are_measured_beside_their_limits(capsys):
    bench.main(["speed", "--messages", "30"])
    told = capsys.readouterr().out
    assert "<= 20.0 s" in told
    assert ">= 100 per s" in told
    assert told.count(" MiB ") == 4


@pytest.mark.parametrize("database", ["", pytest.param("postgresql://", marks=pytest.mark.postgres)])
def test_nobody_gets_twice_what_was_approved_or_anything_else_whatever_goes_wrong(database, request):
    if database:
        request.getfixturevalue("postgres_server")  # skipped where there is none
    code, told, beside = ended(begun("--messages", "200", "--hits", "1", "--database-url", database))
    assert {harm: told[harm] for harm in HARMS} == dict.fromkeys(HARMS, 0), beside
    assert code == 0
    assert told["planned"] == 200
    assert told["kills"] >= 8
    assert told["faults"] >= 10
    assert told["doubtful"] > 0


@pytest.mark.parametrize(("protection", "harm"), WITHOUT.items())
def test_without_a_protection_the_bench_turns_red(without, protection, harm):
    code, told, beside = without[protection]
    assert told[harm] > 0, beside
    assert code == 1
