"""Wrong versions of the online store, by subject, each a small slip that some test must notice."""

from __future__ import annotations

from slips import codec, gate, reach, redis, removal, scripts, sqlite, sync

SLIPS = [
    *scripts.SLIPS,
    *redis.SLIPS,
    *sqlite.SLIPS,
    *sync.SLIPS,
    *reach.SLIPS,
    *removal.SLIPS,
    *gate.SLIPS,
    *codec.SLIPS,
]
