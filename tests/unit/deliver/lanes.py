"""Hand messages over one after another, as most tests want it: a lane in an event loop of its own."""

import asyncio

from digest.model import Letter


class OneLane:
    """A sender's lane; another one after an outcome that finished it."""

    def __init__(self, sender):
        self._runner, self._sender = asyncio.Runner(), sender
        self._lane = sender.lane()
        self.repeatable = sender.repeatable

    def send(self, sender, recipient, data, message_id):
        """What becomes of one message."""
        letter = Letter(sender=sender, recipient=recipient, data=data, message_id=message_id)
        return self._runner.run(self._send(letter))

    async def _send(self, letter):
        outcome = await self._lane.offer(letter) or await self._lane.transmit(letter, None)
        if outcome.connection_lost:
            await self._lane.close()
            self._lane = self._sender.lane()
        return outcome

    def close(self):
        """Say goodbye; may be called again, and something may be sent afterwards."""
        self._runner.run(self._lane.close())

    def end(self):
        """Close the lane, the sender and the loop."""
        self.close()
        self._sender.close()
        self._runner.close()
