"""One connection to a mail server as a lane: a letter offered, transmitted or withdrawn, then the next."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from digest.deliver.lines import dotted
from digest.deliver.replies import Phase, expected, judge, out_of_step, refused, session_full
from digest.deliver.smtp.parcel import Parcel, packed
from digest.deliver.smtp.session import Session
from digest.deliver.smtp.settings import SmtpSettings
from digest.deliver.smtp.troubles import RefusedError, broken_off, no_connection
from digest.model import Letter, Outcome

#: so often a server may hang up on an envelope behind a message before it gets none there any more
_PATIENCE: Final = 2


class SmtpLane:
    """A `Lane` over SMTP: one connection, opened when first needed and kept between letters.

    Every attempt ends with an outcome that says how far it came: a message is `UNKNOWN` only from
    its first byte to the answer to the final dot. `connection_lost` means that the server cannot be
    used at all for now; a connection that broke over one recipient alone does not count: the next
    letter gets a new one. Nothing of DATA is sent before `transmit`.

    Where the server offers PIPELINING, MAIL and RCPT go together, and those of the next letter right
    behind the message before it: its end is where a new group begins (RFC 2920 3.1).
    """

    def __init__(self, settings: SmtpSettings, opened: Callable[[], Awaitable[Session]]) -> None:
        self._settings = settings
        self._opened = opened
        self._session: Session | None = None
        #: taken by the server up to DATA
        self._offered: Parcel | None = None
        #: MAIL and RCPT are on their way, their answers unread
        self._ahead: Parcel | None = None
        #: a transaction may be open that must not go on
        self._untidy = False
        #: envelopes sent ahead that ended with a broken connection, one after another
        self._ahead_in_vain = 0

    async def offer(self, letter: Letter) -> Outcome | None:
        """See `digest.ports.Lane`; where the server closed a kept connection, a new one is tried once."""
        self._offered = None
        ahead = self._ahead is not None and self._ahead.letter == letter
        try:
            parcel = self._ahead if self._ahead and ahead else packed(letter)
        except ValueError as flaw:
            return refused(str(flaw))
        if self._session is not None and not self._session.link.usable:
            self._ahead_in_vain += ahead
            self._drop()
        kept = self._session is not None
        with self._dropped_when_cancelled():
            phase, outcome = await self._attempt(parcel)
            if kept and phase is Phase.MAIL and outcome and self._stale(outcome, ahead=ahead):
                self._drop()
                _, outcome = await self._attempt(parcel)
            elif kept and ahead:
                self._ahead_in_vain = 0
        if outcome is None:
            self._offered = parcel
        return outcome

    async def transmit(self, letter: Letter, then: Letter | None) -> Outcome:
        """See `digest.ports.Lane`."""
        parcel, self._offered = self._offered, None
        if parcel is None or parcel.letter != letter or self._session is None:
            raise ValueError("only the letter that was offered last can be transmitted")
        with self._dropped_when_cancelled():
            outcome = await self._hand_over(self._session, parcel, then)
        if outcome.connection_lost:
            self._drop()
        return outcome

    async def withdraw(self) -> None:
        """See `digest.ports.Lane`."""
        self._offered = None
        if self._session is None:
            return
        with self._dropped_when_cancelled():
            try:
                await self._tidy(self._session)
            except OSError:
                self._drop()

    async def close(self) -> None:
        """See `digest.ports.Lane`: QUIT, and a moment for its answer."""
        session = self._session
        self._session = self._offered = self._ahead = None
        if session is None:
            return
        link, moment = session.link, self._settings.farewell_timeout
        try:
            async with asyncio.timeout(moment):
                link.send(b"QUIT\r\n", 1)
                while link.owed:
                    await link.answer(moment)
                await link.close()
        except OSError:
            pass  # nothing depends on a farewell
        finally:
            link.abort()

    # ── the envelope ──────────────────────────────────────────────────────────────────────────

    async def _attempt(self, parcel: Parcel) -> tuple[Phase, Outcome | None]:
        """The phase in which an offer ended, and its outcome where it was not taken."""
        if self._session is None:
            try:
                self._session = await self._opened()
            except (OSError, ValueError) as error:
                return Phase.CONNECT, no_connection(error, self._settings)
        phase, outcome = await self._envelope(self._session, parcel)
        if not self._session.link.usable or (outcome and outcome.connection_lost):
            self._drop()
        return phase, outcome

    async def _envelope(self, session: Session, parcel: Parcel) -> tuple[Phase, Outcome | None]:
        link, offers, phase = session.link, session.offers, Phase.MAIL
        sent = self._ahead is parcel
        try:
            if not sent:
                await self._tidy(session)
                if lack := parcel.lacks(offers, session.size_limit):
                    return phase, refused(lack)
                self._untidy = True
                if session.pipelining:
                    link.send(parcel.envelope(offers), 2)
                    sent = True
            self._ahead = None
            for phase, command in ((Phase.MAIL, parcel.mail), (Phase.RCPT, parcel.rcpt)):
                if not sent:
                    link.send(command(offers), 1)
                answer = await link.answer(self._settings.reply_timeout)
                if not expected(phase, answer.code):
                    return phase, judge(phase, answer.code, answer.text)
        except OSError as error:
            return phase, broken_off(phase, error)
        return phase, None

    def _stale(self, outcome: Outcome, *, ahead: bool) -> bool:
        """Whether a new connection may help where a kept one did not."""
        if ahead and (outcome.connection_lost or out_of_step(outcome)):
            self._ahead_in_vain += 1
            return True
        return outcome.connection_lost or session_full(outcome)

    async def _tidy(self, session: Session) -> None:
        """Bring the conversation to where a new transaction may begin; raises `OSError`."""
        link = session.link
        self._ahead = None
        while link.owed:
            await link.answer(self._settings.reply_timeout)
        if self._untidy:
            link.send(b"RSET\r\n", 1)
            answer = await link.answer(self._settings.reply_timeout)
            if answer.code != 250:
                raise RefusedError(answer)
            self._untidy = False

    # ── the message ───────────────────────────────────────────────────────────────────────────

    async def _hand_over(self, session: Session, parcel: Parcel, then: Letter | None) -> Outcome:
        link, phase = session.link, Phase.DATA
        try:
            link.send(b"DATA\r\n", 1)
            answer = await link.answer(self._settings.data_timeout)
            if expected(phase, answer.code):
                phase = Phase.END
                self._ahead = ahead = self._to_go_ahead(session, then)
                behind = ahead.envelope(session.offers) if ahead else b""
                message = dotted(parcel.letter.data, behind)
                await link.pour(message, 3 if ahead else 1, self._settings.block_timeout)
                answer = await link.answer(self._settings.final_timeout)
                # a transaction ends with the answer to the final dot, whatever that is
                self._untidy = ahead is not None
        except OSError as error:
            self._drop()
            return broken_off(phase, error)
        return judge(phase, answer.code, answer.text)

    def _to_go_ahead(self, session: Session, then: Letter | None) -> Parcel | None:
        """The next letter, where its envelope may go along; what is wrong with it is told at its offer."""
        if then is None or not session.pipelining or self._ahead_in_vain >= _PATIENCE:
            return None
        try:
            parcel = packed(then)
        except ValueError:
            return None
        return None if parcel.lacks(session.offers, session.size_limit) else parcel

    # ── the connection ────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _dropped_when_cancelled(self) -> Iterator[None]:
        """Whoever is stopped in the middle leaves no connection whose next answer is another's."""
        try:
            yield
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._session is not None:
            self._session.link.abort()
        self._session = self._offered = self._ahead = None
        self._untidy = False
