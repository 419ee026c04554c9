"""The web edge: `digest serve` answers the unsubscribe links of its mails.

    GET  /u/TOKEN   a page with one button; changes nothing
    POST /u/TOKEN   unsubscribes: from that button, or from a mail program in one click (RFC 8058)

Everything from outside is hostile here. What a request can do is bounded in time, size and number;
no answer depends on anything but the token, the method and the state of the database.
"""

from digest.web.site import Site

__all__ = ["Site"]
