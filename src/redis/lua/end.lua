-- Store.cancel and Store.expireNow: ends a live code. It is cancelled, or it expires now.
local function step(keys, args, present)
  local key, indexes, clock = keys[1], indexes_of(keys), keys[5]
  local member, how, most_counts = args[1], args[2], tonumber(args[3])
  local now = service_time(clock, present)
  local record = live_at(key, now)
  if not record then return { 'none' } end
  if how == 'expired' then record.expires, record.gone = now, now + GRACE end
  local ended = { how, record.serial, record.expires }
  if how == 'cancelled' then drop_code(record) end
  save(record, key, indexes, member, now)
  drop_counts(base_of(key, member), indexes, most_counts, now)
  return ended
end
