"""What a process builds when it starts (tables, lexicons, routes) lives as long as the process.

A full collection looks at all of it, some 300,000 objects, and nothing else happens meanwhile: 0.14 s, measured, in the middle of the
requests of a busy desk. So it is set aside once; what comes and goes with the requests is collected as ever, in fewer and larger portions.
"""

import gc

THRESHOLDS = (5_000, 10, 20)
"""New objects until a young collection; young ones until a middle one; middle ones until a full one."""


def set_aside() -> None:
    """When everything is built and nothing is served yet. Safe to call again. For whoever serves requests: a worker that sends files holds
    their bytes in cycles until the next young collection, and would hold ten megabytes more (tests/processes/test_attachments_survive.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
