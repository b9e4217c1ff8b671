"""The guide to privacy names every table about customers and every setting that says how long things are kept."""

import re
from pathlib import Path

from bot.settings import Settings
from care.personal_data import HOLDINGS

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = [line for line in GUIDE.splitlines() if line.startswith("| ")]


def test_the_guide_names_every_table_and_no_other_with_what_becomes_of_it():
    told = {}
    for row in ROWS:
        cells = row.strip("| ").split(" | ")
        if len(cells) == 3:
            told |= dict.fromkeys(re.findall(r"`(\w+)`", cells[1]), cells[2])
    assert set(told) == {holding.table.name for holding in HOLDINGS}
    goes = {holding.table.name for holding in HOLDINGS if holding.fate == "goes"}
    assert {name for name, words in told.items() if words.startswith("goes")} == goes


def test_the_guide_names_every_setting_that_says_how_long_things_are_kept():
    named = {name for row in ROWS for name in re.findall(r"`([A-Z_]+_DAYS)`", row)}
    kept = {name.upper() for name, field in Settings.model_fields.items() if "are kept" in (field.description or "")}
    assert named == kept | {"ACCESS_LOG_DAYS"}
