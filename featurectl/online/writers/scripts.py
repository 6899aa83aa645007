"""The Lua scripts of the Redis writer: each one checks and changes in one atomic step.

Nothing is ever compared as a string with ``<``: Lua follows the server's locale there. Nor as a 64-bit number, which a
Lua number cannot hold: (e, c) is unpacked into four unsigned 32-bit numbers.
"""

from __future__ import annotations

LOCK_LOST = "LOCKLOST"
NEWER_FORMAT = "NEWERFORMAT"

_REQUIRE_LOCK = f"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return redis.error_reply('{LOCK_LOST} ' .. KEYS[1])
end
"""

IS_NEWER = """
local function is_newer(stored, row)
    local a, b, c, d = struct.unpack('>I4I4I4I4', stored, 6)
    local e, f, g, h = struct.unpack('>I4I4I4I4', row, 6)
    if a ~= e then return a > e end
    if b ~= f then return b > f end
    if c ~= g then return c > g end
    return d > h
end
"""

# KEYS: lock, then row keys that are all different. ARGV: token, '1' to replace newer rows, the bytes of each row, then
# either nothing or the milliseconds of each row ('' for ever). One MGET and one MSET cost half of a GET and SET a row.
PUT_ROWS = (
    _REQUIRE_LOCK
    + IS_NEWER
    + """
local count = #KEYS - 1
local stored = ARGV[2] == '0' and redis.call('MGET', unpack(KEYS, 2))
local expires = #ARGV > 2 + count
local pairs, written = {}, 0
for i = 1, count do
    local row, old = ARGV[2 + i], stored and stored[i]
    if not old or #old < 21 or not is_newer(old, row) then
        written = written + 1
        if expires and ARGV[2 + count + i] ~= '' then
            redis.call('SET', KEYS[1 + i], row, 'PX', ARGV[2 + count + i])
        else
            pairs[#pairs + 1] = KEYS[1 + i]
            pairs[#pairs + 1] = row
        end
    end
end
if #pairs > 0 then redis.call('MSET', unpack(pairs)) end
return written
"""
)

# KEYS: row key. ARGV: '1' to replace a newer row, its bytes, milliseconds ('' for ever). For clusters.
PUT_ROW = (
    IS_NEWER
    + """
local old = ARGV[1] == '0' and redis.call('GET', KEYS[1])
if old and #old >= 21 and is_newer(old, ARGV[2]) then return 0 end
if ARGV[3] == '' then
    redis.call('SET', KEYS[1], ARGV[2])
else
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
"""
)

# KEYS: lock, row keys. ARGV: token.
DELETE_ROWS = (
    _REQUIRE_LOCK
    + """
local deleted = 0
for i = 2, #KEYS do
    deleted = deleted + redis.call('UNLINK', KEYS[i])
end
return deleted
"""
)

# KEYS: lock, state. ARGV: token, state.
WRITE_STATE = _REQUIRE_LOCK + "return redis.call('SET', KEYS[2], ARGV[2])"

# KEYS: lock. ARGV: token, milliseconds.
RENEW_LOCK = _REQUIRE_LOCK + "return redis.call('PEXPIRE', KEYS[1], ARGV[2])"

# KEYS: lock. ARGV: token.
RELEASE_LOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""

# KEYS: catalog. ARGV: our format, number of fields to set, then field and value of each, then fields to remove.
PUBLISH_CATALOG = f"""
local stored = redis.call('HGET', KEYS[1], 'format')
if stored and tonumber(stored) > tonumber(ARGV[1]) then
    return redis.error_reply('{NEWER_FORMAT} ' .. stored)
end
redis.call('HSET', KEYS[1], 'format', ARGV[1])
local set_end = 2 + 2 * tonumber(ARGV[2])
for i = 3, set_end, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
for i = set_end + 1, #ARGV do
    redis.call('HDEL', KEYS[1], ARGV[i])
end
return redis.call('HINCRBY', KEYS[1], 'generation', 1)
"""
