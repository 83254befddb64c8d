-- Store.expire for one shard: takes at most `limit` records that are due, and answers whether more may be due and which
-- codes expired. Only the caller learns of these, so it must announce them.

local function step(keys, args, present)
  local base, indexes, clock = keys[1], indexes_of(keys), keys[5]
  local limit, most_counts = tonumber(args[1]), tonumber(args[2])
  local now = service_time(clock, present)
  local taken, expired = 0, {}

  -- First the codes whose end is to be announced.
  for _, from in ipairs({ indexes.live, indexes.kept, indexes.counts }) do
    local due = redis.call('ZRANGE', from, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit - taken)
    taken = taken + #due
    for _, member in ipairs(due) do
      local key = base .. member
      -- A member without a dot is a user's list of sends, which is due when it limits nothing any more.
      local record = string.find(member, '.', 1, true) and read(key)
      if not record then
        erase(key, indexes, member)
      else
        local phase = phase_of(record, now)
        if phase == 'ended' then
          record.gone = now + GRACE
          expired[#expired + 1] = { record.user, record.purpose, record.serial, record.expires }
        end
        if phase == 'gone' then drop_code(record) end
        if record.forget and now >= record.forget then drop_count(record) end
        save(record, key, indexes, member, now)
      end
    end
  end

  drop_counts(base, indexes, most_counts, now)
  return { taken == limit and 1 or 0, expired }
end
