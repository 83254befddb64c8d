-- The end of every script: runs the step unless the caller's deadline has passed. The deadline is the last argument, by
-- Redis's own clock in milliseconds, which no lever moves. Answers { time }, or { time, the step's answer }.
local seconds, micros = unpack(redis.call('TIME'))
local present = seconds * 1000 + math.floor(micros / 1000)
local deadline = tonumber(table.remove(ARGV))
if present > deadline then return { present } end
return { present, step(KEYS, ARGV, present, seconds * 1000000 + micros) }
