-- Gives back a send to an address that send.lua has taken.
local function step(keys, args)
  local indexes, sender = indexes_of(keys), keys[6]
  local member, taken = args[1], args[2]
  -- From the end, where the newest are.
  redis.call('LREM', sender, -1, taken)
  if not redis.call('LINDEX', sender, 0) then erase(sender, indexes, member) end
  return {}
end
