-- Store.verify. A wrong code is counted in the same step that judges it.
local function step(keys, args, present)
  local key, live, kept, clock = unpack(keys)
  local member, user, purpose, mac = unpack(args)
  local max_attempts, lockout, every_guess_counts, most, previous_mac =
    tonumber(args[5]), tonumber(args[6]), args[7] == '1', tonumber(args[8]), args[9]
  local now = service_time(clock, present)
  local record = read(key)

  local locked = max_attempts > 0 and locked_until(record, now)
  if locked then return { 'locked', locked - now } end
  local phase = phase_of(record, now)
  if phase == 'live' and (record.mac == mac or record.mac == previous_mac) then
    erase(key, live, kept, member)
    return { 'verified', record.serial, record.expires }
  end

  local verdict = { 'none', -1 }
  if phase ~= 'gone' then
    verdict = { phase == 'live' and 'wrong' or 'expired', -1, record.serial, record.expires }
  end
  local counts = max_attempts > 0 and (phase == 'live' or every_guess_counts)
  if counts and (record or has_room(live, kept, 1, most)) then
    record = record or new_record(user, purpose)
    after_wrong_code(record, max_attempts, lockout, now)
    verdict[2] = locked_until(record, now) and 0 or max_attempts - record.failures
    if phase == 'live' and verdict[2] == 0 then drop_code(record) end
    if phase == 'ended' then record.over = 1 end
    save(record, key, live, kept, member, now)
  elseif phase == 'ended' then
    redis.call('HSET', key, 'over', 1)
  end
  return verdict
end
