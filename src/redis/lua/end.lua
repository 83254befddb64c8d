-- Store.cancel and Store.expireNow: ends a live code. It is cancelled, or it expires now.
local function step(keys, args, present)
  local key, indexes, clock = keys[1], indexes_of(keys), keys[5]
  local member, how, most_counts = args[1], args[2], tonumber(args[3])
  local now = service_time(clock, present)
  local record = read(key)
  local phase = phase_of(record, now)
  -- A code that is found to have ended stays so.
  if phase == 'ended' then record.over = 1 end
  local ended = { 'none' }
  if phase == 'live' then
    if how == 'expired' then record.expires, record.gone = now, now + GRACE end
    ended = { how, record.serial, record.expires }
    if how == 'cancelled' then drop_code(record) end
  end
  -- The same work with a live code and without one, down to what Redis writes to its disk: the time that it takes must not
  -- tell. Without any record this makes one and erases it.
  if not record then
    record = {}
    redis.call('HSET', key, 'user', member, 'purpose', member, 'serial', now, 'mac', member, 'expires', now)
    index(indexes.live, member, now)
  end
  save(record, key, indexes, member, now)
  drop_counts(base_of(key, member), indexes, most_counts, now)
  return ended
end
