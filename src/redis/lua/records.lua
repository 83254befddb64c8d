-- Records as a shard keeps them. What is kept for one user and one purpose is a hash. Its member stands in one of two
-- indexes, by the time when something in it ends: in `live` while there is a code whose end nobody has noticed, else in
-- `kept`. When codes were sent to a user is a list, which stands in `kept` too.

-- How long beyond its use a key is kept in case that nobody is there to end it.
local BACKSTOP = 86400000
-- The same of what all records of a shard share: longer than any of these can be of use.
local SHARED_FOR = 5 * BACKSTOP

local FIELDS = { 'user', 'purpose', 'serial', 'mac', 'expires', 'gone', 'over', 'failures', 'locks', 'locked', 'forget' }
local NUMBERS = { serial = 1, expires = 1, gone = 1, failures = 1, locks = 1, locked = 1, forget = 1 }

-- What moves a shard's service time: "+ms" for how far it is ahead, "=ms" for where it stands.
local function service_time(clock, present)
  local moved = redis.call('GET', clock)
  if not moved then return present end
  local ms = tonumber(string.sub(moved, 2))
  return string.sub(moved, 1, 1) == '=' and ms or present + ms
end

-- The record at a key, or nil.
local function read(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  if not values[1] then return nil end
  local record = {}
  for i, field in ipairs(FIELDS) do
    local value = values[i]
    if value then record[field] = NUMBERS[field] and tonumber(value) or value end
  end
  return record
end

local function new_record(user, purpose)
  return { user = user, purpose = purpose, is_new = true }
end

local function drop_code(record)
  record.serial, record.mac, record.expires, record.gone, record.over = nil, nil, nil, nil, nil
end

local function drop_count(record)
  record.failures, record.locks, record.locked, record.forget = nil, nil, nil, nil
end

-- When something in a record ends; nil if there is nothing in it.
local function due_at(record)
  local code = record.serial and (record.gone or record.expires)
  return code and record.forget and math.min(code, record.forget) or code or record.forget
end

local function index(from, to, member, due)
  if from then redis.call('ZREM', from, member) end
  redis.call('ZADD', to, due, member)
  redis.call('PEXPIRE', to, SHARED_FOR)
end

local function erase(key, live, kept, member)
  redis.call('DEL', key)
  redis.call('ZREM', live, member)
  redis.call('ZREM', kept, member)
end

-- Writes a record and when to come back to it; erases one that has nothing left in it.
local function save(record, key, live, kept, member, now)
  local due = due_at(record)
  if not due then return erase(key, live, kept, member) end
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
  if record.serial and not record.gone then
    index(not record.is_new and kept, live, member, due)
  else
    index(not record.is_new and live, kept, member, due)
  end
end

local function has_room(live, kept, added, most)
  return redis.call('ZCARD', live) + redis.call('ZCARD', kept) + added <= most
end

-- The live code's record at a key, or nil. One that is found to have run out is never live again.
local function live_at(key, now)
  local record = read(key)
  local phase = phase_of(record, now)
  if phase == 'ended' then redis.call('HSET', key, 'over', 1) end
  return phase == 'live' and record or nil
end
