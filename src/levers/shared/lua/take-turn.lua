-- Takes a turn of so many milliseconds, if it is nobody's.
local function step(keys, args)
  return redis.call('SET', keys[1], args[1], 'NX', 'PX', args[2]) and 1 or 0
end
