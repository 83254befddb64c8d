-- Has a fault strike, if the list is still the one it was found in and it has not struck as often as it may. With
-- `strikes` 0 it only says whether it could.
local function step(keys, args)
  local lists, struck = unpack(keys)
  local version, place, times, strikes, kept_for = unpack(args)
  if redis.call('HGET', lists, 'version') ~= version then return 'changed' end
  if tonumber(redis.call('HGET', struck, place) or 0) >= tonumber(times) then return 'used up' end
  if strikes == '1' then
    redis.call('HINCRBY', struck, place, 1)
    redis.call('HINCRBY', struck, 'all', 1)
    redis.call('PEXPIRE', struck, kept_for)
  end
  return 'there'
end
