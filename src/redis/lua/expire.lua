-- Store.expire for one shard: takes what is due, as much as is asked for, and answers the codes that ran out. Whoever
-- runs this has to announce them, for nobody else will.

local function tidy(record, phase, now)
  if phase == 'gone' then drop_code(record) end
  if record.forget and now >= record.forget then drop_count(record) end
end

local function step(keys, args, present)
  local base, live, kept, clock = unpack(keys)
  local limit = tonumber(args[1])
  local now = service_time(clock, present)
  local expired = {}

  local ended = redis.call('ZRANGE', live, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit)
  for _, member in ipairs(ended) do
    local key = base .. member
    local record = read(key)
    if not record then
      erase(key, live, kept, member)
    else
      local phase = phase_of(record, now)
      if phase == 'ended' then
        record.gone = now + GRACE
        expired[#expired + 1] = { record.user, record.purpose, record.serial, record.expires }
      end
      tidy(record, phase, now)
      save(record, key, live, kept, member, now)
    end
  end

  local over = redis.call('ZRANGE', kept, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit - #ended)
  for _, member in ipairs(over) do
    local key = base .. member
    -- The list of a user's sends has no dot in its name, and what it limits is over.
    local record = string.find(member, '.', 1, true) and read(key)
    if not record then
      erase(key, live, kept, member)
    else
      tidy(record, phase_of(record, now), now)
      save(record, key, live, kept, member, now)
    end
  end

  return { #ended + #over == limit and 1 or 0, expired }
end
