"""A process that sends what is due, and kills itself at the point that REKINDLE_DIES_AT names."""

import sys

from database.engine import Database
from delivery.channel import Channel
from delivery.dispatcher import Dispatcher
from delivery.email import EmailChannel
from delivery.text_messages import TwilioChannel


def channel_to(kind: str, place: str) -> Channel:
    if kind == "email":
        return EmailChannel(host="127.0.0.1", port=int(place), security="none")
    return TwilioChannel(
        account="AC0000000000000000000000000000sand", token="sandbox-token", sender="+15005550006", api_url=place
    )


if __name__ == "__main__":
    database_url, kind, place = sys.argv[1:]
    Dispatcher(Database(database_url), {kind: channel_to(kind, place)}, workers=1).once()
