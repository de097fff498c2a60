"""Runs a function in a process of its own, which starts from nothing."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

import structlog

from vigilanza.lab.bench.contest import Stage, Stopped
from vigilanza.lab.bench.contestant import NotMeasured

P = ParamSpec("P")
T = TypeVar("T")
_LOOK_S = 0.2


def apart(stage: Stage, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns; it and its arguments must be picklable. NotMeasured if it fails, Stopped if called off."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(theirs, work, args, kwargs), daemon=True)
    process.start()
    theirs.close()
    try:
        while not ours.poll(_LOOK_S):
            if stage.stop.is_set():
                raise Stopped
        result: T = ours.recv()
    except EOFError as error:
        process.join()
        raise NotMeasured(f"{process.name} ended with {process.exitcode}; what it said stands above") from error
    finally:
        process.kill()
        process.join()
        ours.close()
    return result


def _report(pipe: Connection, work: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    pipe.send(work(*args, **kwargs))
    pipe.close()
    os._exit(0)  # threads that still read from cameras would not let the interpreter end in peace
