"""What is kept alongside objects goes with them, and is theirs alone."""

import gc
import random
import signal
import weakref
from dataclasses import replace

from digest.alongside import Alongside
from tests.builders import match


def test_a_value_is_the_very_objects_and_goes_with_it():
    kept, one = Alongside(), match()
    same = replace(one)
    kept.put(one, "one")
    assert one == same
    assert (kept.get(one), kept.get(same)) == ("one", None)
    kept.put(one, "another")
    assert (kept.get(one), len(kept)) == ("another", 1)
    del one
    gc.collect()
    assert len(kept) == 0


def test_no_object_is_ever_taken_for_one_that_is_gone():
    kept, alive, chance = Alongside(), [], random.Random(7)
    for number in range(2_000):
        found = match(score=50)
        assert kept.get(found) is None  # whatever had its place in memory before
        kept.put(found, number)
        alive.append((found, number))
        if chance.random() < 0.6:
            alive.pop(chance.randrange(len(alive)))
    assert [kept.get(each) for each, _ in alive] == [number for _, number in alive]
    del found, alive
    gc.collect()
    assert len(kept) == 0


def test_an_entry_that_was_left_behind_is_nobodys():
    kept, gone, one = Alongside(), match(), match()
    kept.put(gone, "another's")
    kept._values[id(one)] = kept._values.pop(id(gone))  # as if `one` had been given its place in memory
    assert kept.get(one) is None
    del gone
    gc.collect()
    assert kept.get(one) is None
    kept.put(one, "one")
    assert kept.get(one) == "one"


class ToldError(Exception):
    pass


def test_a_signal_that_comes_when_an_object_goes_is_not_lost():
    def hear(*_):
        raise ToldError

    kept, told, before = Alongside(), 0, signal.signal(signal.SIGALRM, hear)
    gc.disable()  # others may run something of theirs whenever it looks for garbage
    try:
        for number in range(500):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + number % 50 * 1e-6)
                for _ in range(100_000):
                    kept.put(match(), number)  # which goes at once
            except ToldError:
                told += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()
    assert told == 500
    gc.collect()
    assert len(kept) == 0


def test_what_was_let_go_of_goes_whether_its_object_lives_or_not():
    kept, one, another = Alongside(), match(), match()
    kept.put(one, value := match())
    kept.put(another, "another")
    left = weakref.ref(value)
    del value
    kept.clear()
    assert (left(), kept.get(one), len(kept)) == (None, None, 0)
    kept.put(another, "again")
    del one
    gc.collect()
    assert (kept.get(another), len(kept)) == ("again", 1)
