"""Shows an import in the terminal: progress while it runs, the outcome at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from customers.rules import Rules
from database.engine import Database
from sources.importing import Options, Outcome, run
from words.errors import BadInput
