-- Appends entries to the journal, each with its number, and drops the oldest beyond what is kept.
local function step(keys, args)
  local journal = keys[1]
  local most, kept_for = unpack(args)
  local newest = redis.call('XREVRANGE', journal, '+', '-', 'COUNT', 1)[1]
  local number = newest and tonumber(newest[2][2]) or 0
  for i = 3, #args do
    number = number + 1
    redis.call('XADD', journal, 'MAXLEN', '~', most, '*', 'number', number, 'entry', args[i])
  end
  redis.call('PEXPIRE', journal, kept_for)
  return 1
end
