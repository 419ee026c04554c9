"""What is kept alongside objects goes with them, and is theirs alone."""

import gc
import random
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


def test_what_holds_values_can_go_before_their_objects():
    kept, one = Alongside(), match()
    kept.put(one, "one")
    del kept
    gc.collect()
    del one  # nobody is told
    gc.collect()
