-- The records of a shard.
--
-- What is stored for one user and one purpose is a hash. Its member is in one of three indexes, sorted by the time when
-- something in the record ends: in `live` while it has a code whose end is not noticed yet, in `kept` while it has one
-- whose end is, and in `counts` while it has none. The times when codes were sent to a user or an address are a list,
-- which is in `kept` too.

-- How long a key outlasts its use before Redis drops it, in case no replica is running to clean it up.
local BACKSTOP = 86400000
-- The same for the keys that all records of a shard share: longer than any record can be of use.
local SHARED_FOR = 5 * BACKSTOP
-- How many counts one step drops at most: a step adds fewer but for the first after a setting was lowered.
local MOST_DROPPED = 100

local FIELDS = {
  'user', 'purpose', 'serial', 'mac', 'digits', 'checks', 'resends', 'expires', 'gone', 'over', 'failures', 'locks',
  'locked', 'forget',
}
local NUMBERS = {
  serial = 1, checks = 1, resends = 1, expires = 1, gone = 1, failures = 1, locks = 1, locked = 1, forget = 1,
}

-- The indexes among the keys of a script, which begin with a record's key and have the clock behind the indexes.
local function indexes_of(keys)
  return { live = keys[2], kept = keys[3], counts = keys[4] }
end

-- What the keys of all records in a shard begin with.
local function base_of(key, member)
  return string.sub(key, 1, -#member - 1)
end

-- Service time in a shard. Its clock key has "+ms" ahead of Redis's clock, or "=ms" where it stands still.
local function service_time(clock, present)
  local moved = redis.call('GET', clock)
  if not moved then return present end
  local ms = tonumber(string.sub(moved, 2))
  return string.sub(moved, 1, 1) == '=' and ms or present + ms
end

-- The record at a key, or nil.
local function read(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  local record = {}
  for i, field in ipairs(FIELDS) do
    local value = values[i]
    if value then record[field] = NUMBERS[field] and tonumber(value) or value end
  end
  -- Not before: the time that a guess takes must not tell whether there is a record.
  return values[1] and record or nil
end

local function new_record(user, purpose)
  return { user = user, purpose = purpose, is_new = true }
end

local function drop_code(record)
  record.serial, record.mac, record.digits, record.checks, record.resends = nil, nil, nil, nil, nil
  record.expires, record.gone, record.over = nil, nil, nil
end

local function drop_count(record)
  record.failures, record.locks, record.locked, record.forget = nil, nil, nil, nil
end

-- When something in a record ends; nil if the record is empty.
local function due_at(record)
  local code = record.serial and (record.gone or record.expires)
  return code and record.forget and math.min(code, record.forget) or code or record.forget
end

-- Puts a member into the index `to`.
local function index(to, member, due)
  redis.call('ZADD', to, due, member)
  redis.call('PEXPIRE', to, SHARED_FOR)
end

local function erase(key, indexes, member)
  redis.call('DEL', key)
  for _, from in pairs(indexes) do redis.call('ZREM', from, member) end
end

-- Writes a record and indexes it by when it is due; erases an empty one.
local function save(record, key, indexes, member, now)
  local due = due_at(record)
  if not due then return erase(key, indexes, member) end
  local set, unset = {}, {}
  for _, field in ipairs(FIELDS) do
    if record[field] then
      set[#set + 1] = field
      set[#set + 1] = record[field]
    else
      unset[#unset + 1] = field
    end
  end
  redis.call('HSET', key, unpack(set))
  if unset[1] and not record.is_new then redis.call('HDEL', key, unpack(unset)) end
  local last = math.max(record.gone or record.expires or 0, record.forget or 0)
  redis.call('PEXPIRE', key, math.max(last - now, 0) + BACKSTOP)
  local to = not record.serial and 'counts' or record.gone and 'kept' or 'live'
  -- A count that has locked stays out of reach of drop_counts until it is forgotten: the next lock must last longer.
  if to == 'counts' and record.locks > 0 then due = due + HOUR end
  for name, from in pairs(indexes) do
    if name ~= to and not record.is_new then redis.call('ZREM', from, member) end
  end
  index(indexes[to], member, due)
end

-- The limits on sends, as three arguments give them.
local function send_policy(cooldown, limit, window)
  return { cooldown = tonumber(cooldown), limit = tonumber(limit), window = tonumber(window) }
end

-- Why one more send is too many, by the list of earlier ones, and until when; and whether there is no such list.
local function refuses_send(sender, policy, now)
  local last = tonumber(redis.call('LINDEX', sender, -1))
  local oldest = last and policy.limit > 0 and tonumber(redis.call('LINDEX', sender, -policy.limit))
  local reason, open = throttle(last, oldest, policy.cooldown, policy.window, now)
  return reason, open, not last
end

-- Adds a send to the list.
local function count_send(sender, indexes, member, policy, now)
  local forgotten = sends_forgotten_at(policy.cooldown, policy.limit, policy.window, now)
  redis.call('RPUSH', sender, now)
  redis.call('LTRIM', sender, -math.max(policy.limit, 1), -1)
  redis.call('PEXPIRE', sender, forgotten - now + BACKSTOP)
  index(indexes.kept, member, forgotten)
end

-- Whether so many records can be added that are more than a count of wrong codes.
local function has_room(indexes, added, most, most_counts)
  local counts_too_many = math.max(redis.call('ZCARD', indexes.counts) - most_counts, 0)
  local taken = redis.call('ZCARD', indexes.live) + redis.call('ZCARD', indexes.kept) + counts_too_many
  return added == 0 or taken + added <= most
end

-- Drops the counts for which there is no room, those used longest ago first, but none that has locked. They are sorted by
-- when they are forgotten, an hour after the last wrong code; those that have locked come an hour and more behind.
local function drop_counts(base, indexes, most_counts, now)
  local too_many = math.min(redis.call('ZCARD', indexes.counts) - most_counts, MOST_DROPPED)
  if too_many <= 0 then return end
  local oldest = redis.call('ZRANGE', indexes.counts, '-inf', now + HOUR, 'BYSCORE', 'LIMIT', 0, too_many)
  for _, member in ipairs(oldest) do erase(base .. member, indexes, member) end
end
