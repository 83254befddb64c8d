-- Appends what a replica tells to the stream, and counts codes, in order. Skips what it has appended before, for a replica
-- that got no answer sends again, and what was told before its replica knew of the last reset: that has forgotten it.
local function step(keys, args)
  local stream, last_reset, issued, told = keys[1], redis.call('GET', keys[2]) or '', keys[3], keys[4]
  local kept, counts_kept, kept_for, by = unpack(args)
  local newest = tonumber(redis.call('HGET', told, by) or 0)
  for i = 5, #args, 4 do
    local number, reset, text, counted = tonumber(args[i]), args[i + 1], args[i + 2], args[i + 3]
    if number > newest and reset == last_reset then
      redis.call('XADD', stream, 'MAXLEN', '~', kept, '*', 'entry', text)
      if counted ~= '' then
        redis.call('HINCRBY', issued, counted, 1)
        local too_many = redis.call('HLEN', issued) > tonumber(counts_kept)
        if too_many then redis.call('HDEL', issued, redis.call('HRANDFIELD', issued)) end
      end
    end
    newest = math.max(newest, number)
  end
  redis.call('HSET', told, by, newest)
  for _, key in ipairs({ stream, issued, told }) do redis.call('PEXPIRE', key, kept_for) end
  return 1
end
