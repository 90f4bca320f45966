"""Systems beside Ambit, each in the same form, so that `peers.py` can measure them in the same way."""
