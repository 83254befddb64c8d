-- Store.expire for one shard: takes at most `limit` records that are due, and answers whether more may be due and which
-- codes expired. Only the caller learns of these, so it must announce them.

local function drop_what_is_over(record, phase, now)
  if phase == 'gone' then drop_code(record) end
  if record.forget and now >= record.forget then drop_count(record) end
end

local function step(keys, args, present)
  local base, live, kept, clock = unpack(keys)
  local limit = tonumber(args[1])
  local now = service_time(clock, present)
  local expired = {}

  local due_live = redis.call('ZRANGE', live, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit)
  for _, member in ipairs(due_live) do
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
      drop_what_is_over(record, phase, now)
      save(record, key, live, kept, member, now)
    end
  end

  local due_kept = redis.call('ZRANGE', kept, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit - #due_live)
  for _, member in ipairs(due_kept) do
    local key = base .. member
    -- A member without a dot is a user's list of sends, which is due when it limits nothing any more.
    local record = string.find(member, '.', 1, true) and read(key)
    if not record then
      erase(key, live, kept, member)
    else
      drop_what_is_over(record, phase_of(record, now), now)
      save(record, key, live, kept, member, now)
    end
  end

  return { #due_live + #due_kept == limit and 1 or 0, expired }
end
