-- The end of every script: takes its step unless it is late, and answers {time} or {time, what the step came to}. The
-- time is the server's own, in milliseconds, and no lever moves it. The last argument is until when somebody waits.
local seconds, micros = unpack(redis.call('TIME'))
local present = seconds * 1000 + math.floor(micros / 1000)
if present > tonumber(table.remove(ARGV)) then return { present } end
return { present, step(KEYS, ARGV, present, seconds * 1000000 + micros) }
