-- Store.verify. A wrong code is counted in the same step that judges it.
local function step(keys, args, present)
  local key, indexes, clock = keys[1], indexes_of(keys), keys[5]
  local member, user, purpose, mac = unpack(args)
  local max_attempts, lockout, every_guess_counts, most_counts, previous_mac =
    tonumber(args[5]), tonumber(args[6]), args[7] == '1', tonumber(args[8]), args[9]
  local now = service_time(clock, present)
  local record = read(key)

  local phase = phase_of(record, now)
  local is_right = record and (record.mac == mac or record.mac == previous_mac)
  if phase == 'live' and record.checks then
    if record.checks == 0 then return { 'locked', record.expires - now, record.serial, record.expires } end
    if not is_right then
      record.checks = record.checks - 1
      save(record, key, indexes, member, now)
      return { 'wrong', -1, record.serial, record.expires, record.checks }
    end
    erase(key, indexes, member)
    return { 'verified', record.serial, record.expires }
  end

  local locked = max_attempts > 0 and locked_until(record, now)
  if locked then return { 'locked', locked - now } end
  if phase == 'live' and is_right then
    erase(key, indexes, member)
    return { 'verified', record.serial, record.expires }
  end

  -- As long as the answer for a code: the time that a guess takes must not tell.
  local verdict = { 'none', -1, 0, 0 }
  if phase ~= 'gone' then
    verdict = { phase == 'live' and 'wrong' or 'expired', -1, record.serial, record.expires }
  end
  local counts = max_attempts > 0 and (phase == 'live' or every_guess_counts)
  if counts then
    record = record or new_record(user, purpose)
    after_wrong_code(record, max_attempts, lockout, now)
    verdict[2] = locked_until(record, now) and 0 or max_attempts - record.failures
    if phase == 'live' and verdict[2] == 0 then drop_code(record) end
    if phase == 'ended' then record.over = 1 end
    save(record, key, indexes, member, now)
    drop_counts(base_of(key, member), indexes, most_counts, now)
  elseif phase == 'ended' then
    redis.call('HSET', key, 'over', 1)
  end
  return verdict
end
