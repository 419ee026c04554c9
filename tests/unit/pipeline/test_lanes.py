"""How an operation of a lane is cut off: its worker goes on, unless all of it ends."""

import asyncio
from types import SimpleNamespace

import pytest

from digest.model import OutcomeKind
from digest.pipeline.sending.lanes import Lanes


def lanes_told_to_stop():
    books = SimpleNamespace(hurry=lambda: None)
    return Lanes(None, None, books, stopping=lambda: True, grace=0, sent=lambda: None)


async def stubborn(times):
    """An operation that takes so many cancellations to end."""
    for left in reversed(range(times)):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not left:
                raise


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(("what", "kind"), [("offer", "transient"), ("transmit", "unknown")])
def test_a_worker_whose_operation_is_cut_off_has_an_outcome_and_goes_on(what, kind, times):
    async def work(lanes):
        outcome = await getattr(lanes, what)(stubborn(times))
        await asyncio.sleep(0)
        return outcome, asyncio.current_task().cancelling()

    async def both():
        lanes = lanes_told_to_stop()
        worker, watch = asyncio.create_task(work(lanes)), asyncio.create_task(lanes._cut_the_late())
        try:
            return await asyncio.wait_for(worker, 20)
        finally:
            watch.cancel()

    outcome, cancellations = asyncio.run(both())
    assert (outcome.kind, outcome.connection_lost, cancellations) == (OutcomeKind(kind), True, 0)


@pytest.mark.parametrize("cut", [False, True], ids=["alone", "in the same moment"])
def test_where_all_of_it_ends_no_worker_goes_on(cut):
    async def work(lanes):
        await lanes.offer(asyncio.Event().wait())
        pytest.fail("went on")

    async def both():
        lanes = lanes_told_to_stop()
        worker = asyncio.create_task(work(lanes))
        await asyncio.sleep(0)
        if cut:
            lanes._cut_off(lanes._offering)
        worker.cancel()
        await asyncio.wait([worker], timeout=20)
        return worker.cancelled()

    assert asyncio.run(both())
