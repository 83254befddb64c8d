-- Moves service time. Redis keeps the number of the move and the new position: "+ms" ahead of real time, or "=ms" where
-- it is frozen. Returns whether service time could go there, and both as one string.
local function step(keys, args, present, micros)
  local move, furthest, latest = cjson.decode(args[1]), tonumber(args[2]), tonumber(args[3])
  local kept = redis.call('GET', keys[1]) or '0 +0'
  local number, sign, ms = string.match(kept, '^(%d+) (.)(.+)$')
  local frozen = sign == '='
  local now = (frozen and 0 or present) + tonumber(ms)
  if move.reset then
    frozen, now = false, present
  elseif move.freeze ~= nil then
    frozen = move.freeze
  else
    local ahead = move.advance or move.set - now
    if ahead < 0 or ahead > furthest or now + ahead > latest then return { 0, kept } end
    now = now + ahead
  end

  -- At least the time in microseconds: it goes on growing after Redis has lost the last.
  number = math.max(number + 1, micros)
  kept = string.format(frozen and '%d =%d' or '%d +%d', number, frozen and now or now - present)
  redis.call('SET', keys[1], kept, 'PX', args[4])
  return { 1, kept }
end
