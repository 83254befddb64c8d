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
  local sends, most = send_policy(args[8], args[9], args[10]), tonumber(args[11])
  -- Without a limit on guesses, a lock from the time of another setting does not hold.
  local locks = args[12] == '1' and not exempt
  -- A code with limits of its own is not under its user's.
  local when_live, digits, checks, resends = args[13], args[14], tonumber(args[15]), tonumber(args[16])
  local most_counts, number = tonumber(args[17]), tonumber(args[18])
  -- Why the code's address, which may be in another shard, takes no send. Asked before: see address-sends.ts.
  local address_refuses, address_wait = args[19], tonumber(args[20])
  if checks then exempt, locks = true, false end
  local now = service_time(clock, present)
  local record = read(key)
  local found = when_live ~= '' and phase_of(record, now) == 'live' and record.digits and record
  if found and when_live == 'keep' then return answer_found(found, 0, now) end

  local locked = locks and locked_until(record, now)
  if locked then return { 'locked', locked - now } end
  local limited = not exempt and (sends.cooldown > 0 or sends.limit > 0)
  local is_new_sender = false
  if limited then
    local reason, open, is_new = refuses_send(sender, sends, now)
    if reason then return { reason, open - now } end
    is_new_sender = is_new
  end
  if address_refuses ~= '' then return { address_refuses, address_wait } end
  local refused = found and refuses_resend(found)
  if refused then return { refused, found.expires - now } end
  local added = (record and record.serial and 0 or 1) + (is_new_sender and 1 or 0)
  if not has_room(indexes, added, most, most_counts) then return { 'capacity' } end

  if limited then count_send(sender, indexes, sender_member, sends, now) end
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
