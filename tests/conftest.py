"""Brings the shared fixtures into every test."""

pytest_plugins = ["tests.database_fixtures", "tests.office_fixtures", "tests.browser_fixtures", "tests.certificates"]
