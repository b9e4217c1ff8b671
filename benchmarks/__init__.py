"""Measures how long people wait for Rekindle, and says where that is longer than promised."""
