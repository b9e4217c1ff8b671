"""Brings the shared fixtures into every test."""

import os

from hypothesis import settings

# The matrices are narrow: several threads would only wait for each other. Must be said before numpy is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# How long an example takes says how busy the machine is.
settings.register_profile("whatever the machine", deadline=None)
settings.load_profile("whatever the machine")

pytest_plugins = [
    "tests.database_fixtures",
    "tests.office_fixtures",
    "tests.browser_fixtures",
    "tests.certificates",
    "tests.demo",
]
