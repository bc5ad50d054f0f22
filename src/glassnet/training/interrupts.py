"""Ctrl-C and SIGTERM between two moments at which a training may be cut short."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Inside, Ctrl-C and SIGTERM wait: what changes there changes as a whole, in a moment.

    In another thread than the main one nothing can interrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before: dict[int, Callable[[int, FrameType | None], Any]] = {}
    waits = True

    def note(number: int, frame: FrameType | None) -> None:
        if waits:
            came.append((number, frame))
        else:  # between the moments at which the handlers are back
            before[number](number, frame)

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler):
                before[number] = handler
                signal.signal(number, note)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        waits = False
    for number, frame in came:
        before[number](number, frame)
