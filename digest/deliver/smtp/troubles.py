"""What can go wrong with a connection, and how that is told: one line, harmless, without any secret."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from digest.deliver.replies import Phase, broken, judge, spoken, unreachable

if TYPE_CHECKING:
    from digest.deliver.smtp.answers import Answer
    from digest.deliver.smtp.settings import SmtpSettings
    from digest.model import Outcome


class SmtpError(OSError):
    """The conversation cannot go on."""


class NotSmtpError(SmtpError):
    """The server said something that is no answer, or not the answer to this."""

    def __init__(self, said: bytes) -> None:
        super().__init__(spoken(said))


class UnaskedError(SmtpError):
    """The server spoke before it was asked: it says goodbye, or is out of step."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{answer.code} {spoken(answer.text)}")


class RefusedError(SmtpError):
    """The server is not ready for messages."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{answer.code} {spoken(answer.text)}".rstrip())


class LoginRefusedError(RefusedError):
    """The server does not take the login."""


class LackingError(SmtpError):
    """The server does not offer what was asked for, or must not be given it."""


def no_connection(error: OSError | ValueError, settings: SmtpSettings) -> Outcome:
    """The outcome for a message when no connection came about."""
    answer = error.answer if isinstance(error, RefusedError | UnaskedError) else None
    return unreachable(explain(error, settings), *((answer.code, answer.text) if answer else ()))


def broken_off(phase: Phase, error: OSError) -> Outcome:
    """The outcome for a message during which the conversation ended."""
    match error:
        case UnaskedError() if error.answer.code >= 400:
            return judge(phase, error.answer.code, error.answer.text)
        case UnaskedError() | NotSmtpError():
            return broken(phase, f"an answer that is not SMTP ({error})")
        case TimeoutError():
            return broken(phase, "no answer in time")
    # Over RCPT or DATA one message alone may be the cause; the next one tries a new connection.
    why = f"the connection broke ({spoken(str(error))})"
    return broken(phase, why, way_out_down=phase is Phase.MAIL)


def explain(error: OSError | ValueError, settings: SmtpSettings) -> str:
    """Why no connection came about and what to do."""
    return f"{spoken(settings.host)}:{settings.port} {spoken(_why(error, settings.username))}"


def _why(error: OSError | ValueError, username: str | None) -> str:
    match error:
        case LoginRefusedError():
            return f"refused the login of {username}: {error} (check user name and password)"
        case LackingError():
            return str(error)
        case RefusedError() | UnaskedError():
            return f"is not ready: {error}"
        case ssl.SSLCertVerificationError():
            return f"has no genuine certificate: {error.verify_message} (check the host name)"
        case ssl.SSLError():
            return f"speaks no TLS here: {error.reason or error} (check port and security)"
    return _why_unreached(error)


def _why_unreached(error: OSError | ValueError) -> str:
    match error:
        case NotSmtpError():
            return f"gives answers that are not SMTP: {error} (check host, port and security)"
        case UnicodeError():
            return "cannot be used: host, user name or password hold characters that cannot travel"
        case socket.gaierror():
            return f"has no address: {error.strerror} (check the host name and the network)"
        case ConnectionRefusedError():
            return "takes no connections (check host and port, and whether the server runs)"
        case TimeoutError():
            return "did not answer in time"
    return f"cannot be used: {error}"
