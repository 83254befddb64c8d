-- Gives a shard a copy of the position of service time, unless it has that of a later move.
local function step(keys, args)
  local clock, moved = unpack(keys)
  local number, position, kept_for = unpack(args)
  if tonumber(redis.call('GET', moved) or 0) <= tonumber(number) then
    redis.call('SET', clock, position, 'PX', kept_for)
    redis.call('SET', moved, number, 'PX', kept_for)
  end
  return 1
end
