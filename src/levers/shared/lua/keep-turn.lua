-- Prolongs a turn by so many milliseconds, or ends it with none, if it is still this one's.
local function step(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return 0 end
  if args[2] == '0' then return redis.call('DEL', keys[1]) end
  return redis.call('PEXPIRE', keys[1], args[2])
end
