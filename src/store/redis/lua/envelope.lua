-- The end of every script: does its step unless it is late, and answers {time} or {time, what the step came to}. The
-- time is the server's own, in milliseconds, and no lever moves it.
local time = redis.call('TIME')
local present = time[1] * 1000 + math.floor(time[2] / 1000)
if present > tonumber(ARGV[#ARGV]) then return { present } end
return { present, step(KEYS, ARGV, present) }
