-- Counts a strike of the fault at a place in the list, unless it has struck as often as it may or the list has changed.
local function step(keys, args)
  local settings = keys[1]
  local faults, place, times = unpack(args)
  if redis.call('HGET', settings, 'faults') ~= faults then return 0 end
  local struck = cjson.decode(redis.call('HGET', settings, 'struck'))
  local count = (struck[place] or 0) + 1
  if count > tonumber(times) then return 0 end
  struck[place] = count
  redis.call('HSET', settings, 'struck', cjson.encode(struck))
  return 1
end
