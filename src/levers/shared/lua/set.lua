-- Sets one of the two lists that tests leave: `codes` or `faults`. Faults that are set anew have not struck yet.
local function step(keys, args)
  local lists, struck = unpack(keys)
  local name, list, version, kept_for = unpack(args)
  if name == 'faults' then redis.call('DEL', struck) end
  redis.call('HSET', lists, name, list, 'version', version)
  redis.call('PEXPIRE', lists, kept_for)
  return 1
end
