-- Counts a code for a user and a purpose; beyond what is kept, those that asked longest ago are forgotten.
local function step(keys, args, present, micros)
  local counts, by_use = unpack(keys)
  local key, most, kept_for = unpack(args)
  redis.call('HINCRBY', counts, key, 1)
  redis.call('ZADD', by_use, micros, key)
  if redis.call('ZCARD', by_use) > tonumber(most) then
    redis.call('HDEL', counts, redis.call('ZPOPMIN', by_use)[1])
  end
  redis.call('PEXPIRE', counts, kept_for)
  redis.call('PEXPIRE', by_use, kept_for)
  return 1
end
