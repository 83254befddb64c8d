-- Moves service time, that of all shards at once: each has a copy of what moves it. Answers whether service time could
-- go there, and what moves it now.
local function step(keys, args, present)
  local kind, amount, furthest, latest = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  local moved = redis.call('GET', keys[1]) or '+0'
  local stands = string.sub(moved, 1, 1) == '='
  local now = (stands and 0 or present) + tonumber(string.sub(moved, 2))

  if kind == 'reset' then
    redis.call('DEL', unpack(keys))
    return { 1, '+0' }
  end
  if kind == 'stand' then stands = true end
  if kind == 'flow' then stands = false end
  if kind == 'advance' or kind == 'set' then
    local ahead = kind == 'set' and amount - now or amount
    if ahead < 0 or ahead > furthest or now + ahead > latest then return { 0, moved } end
    now = now + ahead
  end

  local moves = stands and string.format('=%d', now) or string.format('+%d', now - present)
  for _, key in ipairs(keys) do redis.call('SET', key, moves, 'PX', args[5]) end
  return { 1, moves }
end
