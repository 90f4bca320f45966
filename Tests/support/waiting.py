"""Waiting for what other processes do, on a machine that may be busy.

A deadline here is for what hangs, never for what is slow. So `eventually` counts its own looks and not the clock: on a
busy machine each look takes longer, and so does the whole wait.
"""
import time

HANGS = 900
"""Seconds after which a process or a connection is taken to hang. No step of a test takes a tenth of it, even under load."""

LOOKS = 1200
PAUSE = 0.05


def eventually(condition, looks=LOOKS):
    """Looks again and again, for a minute or more, until the condition holds; whether it did."""
    for _ in range(looks):
        if condition():
            return True
        time.sleep(PAUSE)
    return bool(condition())
