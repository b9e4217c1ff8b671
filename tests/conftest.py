"""Brings the shared fixtures into every test."""

pytest_plugins = ["tests.database_fixtures"]
