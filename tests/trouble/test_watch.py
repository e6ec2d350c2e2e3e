from __future__ import annotations

import threading
import time

from countermand.run.watch import Watch


def test_a_thing_that_takes_too_long_is_ended_once() -> None:
    ended = list[float]()
    watch, begun = Watch(), time.monotonic()
    watch.over(lambda: ended.append(time.monotonic() - begun), 0.2)
    time.sleep(0.7)
    assert len(ended) == 1
    assert ended[0] >= 0.2


def test_a_thing_that_is_in_time_is_not_ended_and_nor_is_the_next() -> None:
    ended = list[str]()
    watch = Watch()
    for _ in range(6):  # together longer than one may take
        watch.over(lambda: ended.append("too late"), 0.4)
        time.sleep(0.1)
        watch.done()
    assert ended == []


def test_a_thing_is_ended_after_others_were_in_time() -> None:
    ended = threading.Event()
    watch = Watch()
    watch.over(ended.set, 0.2)
    watch.done()
    time.sleep(0.1)
    watch.over(ended.set, 0.2)
    assert ended.wait(5)


def test_a_shorter_deadline_is_kept_beside_a_longer_one() -> None:
    ended = threading.Event()
    watch = Watch()
    watch.over(lambda: None, 60)
    watch.done()
    watch.over(ended.set, 0.1)
    assert ended.wait(5)


def test_many_things_take_one_thread_which_ends_when_nothing_is_left_to_watch() -> None:
    before, watch = set(threading.enumerate()), Watch()
    for _ in range(50):
        watch.over(lambda: None, 0.2)
        watch.done()
    (made,) = set(threading.enumerate()) - before
    made.join(20)
    assert not made.is_alive()
    ended = threading.Event()
    watch.over(ended.set, 0.1)
    assert ended.wait(5)
