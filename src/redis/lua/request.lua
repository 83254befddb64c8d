-- Store.request

local function answer_found(record, resent, now)
  local left = record.expires - now
  return {
    'found', record.serial, record.expires, record.digits, resent, left, record.checks or -1, record.resends or -1,
  }
end

local function step(keys, args, present, micros)
  local key, indexes, clock, issued, sender = keys[1], indexes_of(keys), keys[5], keys[6], keys[7]
  local member, sender_member, user, purpose, mac = unpack(args)
  local ttl, exempt = tonumber(args[6]), args[7] == '1'
  local cooldown, limit, window, most = tonumber(args[8]), tonumber(args[9]), tonumber(args[10]), tonumber(args[11])
  -- Without a limit on guesses, a lock from the time of another setting does not hold.
  local locks = args[12] == '1' and not exempt
  -- A code with limits of its own is not under its user's.
  local when_live, digits, checks, resends = args[13], args[14], tonumber(args[15]), tonumber(args[16])
  local most_counts, number = tonumber(args[17]), tonumber(args[18])
  if checks then exempt, locks = true, false end
  local now = service_time(clock, present)
  local record = read(key)
  local found = when_live ~= '' and phase_of(record, now) == 'live' and record.digits and record
  if found and when_live == 'keep' then return answer_found(found, 0, now) end

  local locked = locks and locked_until(record, now)
  if locked then return { 'locked', locked - now } end
  local limited = not exempt and (cooldown > 0 or limit > 0)
  local last = limited and tonumber(redis.call('LINDEX', sender, -1))
  local oldest = last and limit > 0 and tonumber(redis.call('LINDEX', sender, -limit))
  local reason, open = throttle(last, oldest, cooldown, window, now)
  if reason then return { reason, open - now } end
  local refused = found and refuses_resend(found)
  if refused then return { refused, found.expires - now } end
  local added = (record and record.serial and 0 or 1) + (limited and not last and 1 or 0)
  if not has_room(indexes, added, most, most_counts) then return { 'capacity' } end

  if limited then
    local forgotten = sends_forgotten_at(cooldown, limit, window, now)
    redis.call('RPUSH', sender, now)
    redis.call('LTRIM', sender, -math.max(limit, 1), -1)
    redis.call('PEXPIRE', sender, forgotten - now + BACKSTOP)
    index(indexes.kept, sender_member, forgotten)
  end
  if found then
    if found.resends then found.resends = found.resends - 1 end
    save(found, key, indexes, member, now)
    return answer_found(found, 1, now)
  end
  -- At least the time in microseconds, so no number is used twice even after Redis has lost the newest.
  local serial = number or math.max((redis.call('GET', issued) or 0) + 1, micros)
  if not number then redis.call('SET', issued, serial, 'PX', SHARED_FOR) end
  local issue = { 'issued', serial, now + ttl }
  local fate = fate_of_earlier(record, now)
  if fate then issue = { 'issued', serial, now + ttl, fate, record.serial, record.expires } end
  record = record or new_record(user, purpose)
  drop_code(record)
  record.serial, record.mac, record.expires = serial, mac, now + ttl
  record.digits, record.checks, record.resends = digits ~= '' and digits or nil, checks, resends
  save(record, key, indexes, member, now)
  return issue
end
