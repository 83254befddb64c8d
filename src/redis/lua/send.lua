-- Takes a send to an address, before the request that makes it. Returns 'taken' and its time, or a reason to refuse it and
-- how long to wait.
local function step(keys, args, present)
  local indexes, clock, sender = indexes_of(keys), keys[5], keys[6]
  local member, policy = args[1], send_policy(args[2], args[3], args[4])
  local most, most_counts = tonumber(args[5]), tonumber(args[6])
  local now = service_time(clock, present)
  local reason, open, is_new = refuses_send(sender, policy, now)
  if reason then return { reason, open - now } end
  if not has_room(indexes, is_new and 1 or 0, most, most_counts) then return { 'capacity', 0 } end
  count_send(sender, indexes, member, policy, now)
  return { 'taken', now }
end
