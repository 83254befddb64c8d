-- Store.expireNow
local function step(keys, args, present)
  local key, live, kept, clock = unpack(keys)
  local now = service_time(clock, present)
  local record = live_at(key, now)
  if not record then return { 'none' } end
  record.expires, record.gone = now, now + GRACE
  save(record, key, live, kept, args[1], now)
  return { 'expired', record.serial, record.expires }
end
