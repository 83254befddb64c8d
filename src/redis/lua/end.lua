-- Store.cancel and Store.expireNow: ends a live code. It is cancelled, or it expires now.
local function step(keys, args, present)
  local key, live, kept, clock = unpack(keys)
  local member, how = unpack(args)
  local now = service_time(clock, present)
  local record = live_at(key, now)
  if not record then return { 'none' } end
  if how == 'expired' then record.expires, record.gone = now, now + GRACE end
  local ended = { how, record.serial, record.expires }
  if how == 'cancelled' then drop_code(record) end
  save(record, key, live, kept, member, now)
  return ended
end
