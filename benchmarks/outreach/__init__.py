"""How fast messages to customers are written, checked and sent, and what becomes of them when everything goes wrong.

`python -m benchmarks outreach [drafts | mail | speed | faults]`; what the last one proves stands in `docs/outreach.md`.
"""
