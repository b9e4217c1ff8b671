"""Kills, stops and deceives the delivery of messages, and counts what was lost or said twice.

`python -m benchmarks faults --seed N --messages 2000 --replicas 3`; what it proves stands in `docs/reliability.md`.
"""
