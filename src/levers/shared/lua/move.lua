-- Moves service time, for all shards at once: each keeps a copy of its position, "+ms" ahead of real time or "=ms" where
-- it is frozen. Returns whether service time could go there, and its position.
local function step(keys, args, present)
  local move, furthest, latest = cjson.decode(args[1]), tonumber(args[2]), tonumber(args[3])
  if move.reset then
    redis.call('DEL', unpack(keys))
    return { 1, '+0' }
  end

  local position = redis.call('GET', keys[1]) or '+0'
  local frozen = string.sub(position, 1, 1) == '='
  local now = (frozen and 0 or present) + tonumber(string.sub(position, 2))
  if move.freeze ~= nil then
    frozen = move.freeze
  else
    local ahead = move.advance or move.set - now
    if ahead < 0 or ahead > furthest or now + ahead > latest then return { 0, position } end
    now = now + ahead
  end

  position = frozen and string.format('=%d', now) or string.format('+%d', now - present)
  for _, key in ipairs(keys) do redis.call('SET', key, position, 'PX', args[4]) end
  return { 1, position }
end
