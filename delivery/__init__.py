"""How a thing is said once: what others use of it is named here, `docs/reliability.md` says what it promises."""

from delivery.planning import SLACK, Message, Run, plan, put, put_all, skip, take, withdraw

__all__ = ["SLACK", "Message", "Run", "plan", "put", "put_all", "skip", "take", "withdraw"]
