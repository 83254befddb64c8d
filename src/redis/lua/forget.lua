-- Store.forget for some members of a shard: erases everything but codes that were issued after `newest`.
local function step(keys, args, present)
  local base, indexes, clock = keys[1], indexes_of(keys), keys[5]
  local newest = tonumber(args[1])
  local now = service_time(clock, present)
  for i = 2, #args do
    local member = args[i]
    local key = base .. member
    -- A member without a dot is a user's list of sends.
    local record = string.find(member, '.', 1, true) and read(key)
    if record and record.serial and record.serial > newest then
      drop_count(record)
      save(record, key, indexes, member, now)
    else
      erase(key, indexes, member)
    end
  end
  return {}
end
