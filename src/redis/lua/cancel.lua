-- Store.cancel
local function step(keys, args, present)
  local key, live, kept, clock = unpack(keys)
  local now = service_time(clock, present)
  local record = live_at(key, now)
  if not record then return { 'none' } end
  local cancelled = { 'cancelled', record.serial, record.expires }
  drop_code(record)
  save(record, key, live, kept, args[1], now)
  return cancelled
end
