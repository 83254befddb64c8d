-- Appends what a replica tells to the stream, and counts codes, in order. Skips what was told before its replica knew
-- of the last reset: that reset has forgotten it.
local function step(keys, args)
  local stream, last_reset, issued = keys[1], redis.call('GET', keys[2]) or '', keys[3]
  local kept, counts_kept, kept_for = unpack(args)
  for i = 4, #args, 3 do
    local reset, text, counted = args[i], args[i + 1], args[i + 2]
    if reset == last_reset then
      redis.call('XADD', stream, 'MAXLEN', '~', kept, '*', 'entry', text)
      if counted ~= '' then
        redis.call('HINCRBY', issued, counted, 1)
        local too_many = redis.call('HLEN', issued) > tonumber(counts_kept)
        if too_many then redis.call('HDEL', issued, redis.call('HRANDFIELD', issued)) end
      end
    end
  end
  redis.call('PEXPIRE', stream, kept_for)
  redis.call('PEXPIRE', issued, kept_for)
  return 1
end
