-- Counts a use of the entry at a place in a list, unless it was used as often as it may be or the list has changed.
local function step(keys, args)
  local list = keys[1]
  local entries, place, most = unpack(args)
  if redis.call('HGET', list, 'entries') ~= entries then return 0 end
  local uses = cjson.decode(redis.call('HGET', list, 'uses'))
  local count = (uses[place] or 0) + 1
  if count > tonumber(most) then return 0 end
  uses[place] = count
  redis.call('HSET', list, 'uses', cjson.encode(uses))
  return 1
end
