"""How a command ends when it is told to: by Ctrl-C, by SIGTERM, or by either a second time.

The first time KeyboardInterrupt is raised, so that what was learnt is kept and nothing stays
half-written. What each command keeps is its own matter.
"""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

CAUSES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
STATUS = {signal.SIGINT: 1, signal.SIGTERM: 128 + signal.SIGTERM}
"""The exit status after each."""


class GoesOn(str):
    """The command that goes on with what was stopped, among what a KeyboardInterrupt says."""

    __slots__ = ()


GRACE = 1.0
"""Seconds that a command has to end after the second signal, before the process is ended."""

PATIENCE = 0.1
"""Seconds after which the main thread is woken, where it has not heeded a signal by then."""

SHOW_CURSOR = b"\x1b[?25h"


@contextmanager
def signals_heeded() -> Iterator[list[signal.Signals]]:
    """Inside, the signals raise KeyboardInterrupt; those that came stand in the list.

    The second ends the process even where Python does not come to raise anything, such as in a
    long call of another library. A first that comes in the moment before a wait for input is heeded
    too. A signal that the process was started to ignore stays ignored.
    """
    came: list[signal.Signals] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def stop(number: int, _: FrameType | None) -> None:
        came.append(signal.Signals(number))
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in CAUSES}
    with _watched(came):
        try:
            for number, handler in before.items():
                if handler is not signal.SIG_IGN:
                    signal.signal(number, stop)
            yield came
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def stopped_message(
    came: Sequence[signal.Signals], written: Sequence[Path], without: Sequence[object]
) -> str:
    """What stopped a command, what stands on the disk, what is not there, and how to go on."""
    cause = CAUSES[came[0]] if came else CAUSES[signal.SIGINT]
    names = " and ".join(str(path) for path in written)
    kept = f"{names} {'was' if len(written) == 1 else 'were'} written" if written else ""
    left_out = [str(one) for one in without if not isinstance(one, GoesOn)]
    missing = f", without {' and '.join(left_out)}" if written and left_out else ""
    goes_on = "".join(f"; {one} goes on from there" for one in without if isinstance(one, GoesOn))
    return f"stopped by {cause}; {kept or 'nothing was written'}{missing}{goes_on}"


def stopped_status(came: Sequence[signal.Signals]) -> int:
    """The exit status of a command that was stopped."""
    return STATUS[came[0]] if came else STATUS[signal.SIGINT]


def end_process(status: int) -> NoReturn:
    """End the process with a status, after all that has been written is out.

    After a KeyboardInterrupt inside an `exec` of text, as any dataclass makes while its module is
    imported, sys.exit(1) would end the process as killed by SIGINT: CPython remembers it as
    unhandled, though it was caught.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(status)


@contextmanager
def _watched(heeded: Sequence[signal.Signals]) -> Iterator[None]:
    """A thread that counts the signals: Python tells it of each, whatever the main thread does.

    Where `heeded` does not grow with them, it wakes the main thread: a signal that comes just
    before a system call is known to Python only when that call ends. SIGURG does it, which means
    nothing here.
    """
    if os.name == "nt":  # Python tells of signals on a socket there
        yield
        return
    ended = threading.Event()
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    before = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    urgent = signal.signal(signal.SIGURG, lambda *_: None)
    threading.Thread(target=_watch, args=(read_end, ended, heeded), daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(write_end)
        signal.signal(signal.SIGURG, urgent)


def _watch(read_end: int, ended: threading.Event, heeded: Sequence[signal.Signals]) -> None:
    came: list[int] = []
    main_thread = threading.main_thread().ident
    assert main_thread is not None
    while True:
        is_late = len(heeded) < len(came)
        if not select.select([read_end], [], [], PATIENCE if is_late else None)[0]:
            signal.pthread_kill(main_thread, signal.SIGURG)
            continue
        numbers = os.read(read_end, 64)
        if not numbers:
            break
        came += [number for number in numbers if number in STATUS]
        if len(came) > 1 and not ended.wait(GRACE):
            number = signal.Signals(came[0])
            if os.isatty(2):
                os.write(2, SHOW_CURSOR)
            text = f"glassnet: ended by {CAUSES[number]} twice; nothing more was written\n"
            os.write(2, text.encode())
            os._exit(STATUS[number])
    os.close(read_end)
