-- The rules of src/core/rules.ts, repeated where Redis can apply them. One contract suite holds both stores to the same
-- behaviour. Times are service time, in milliseconds since the epoch.

-- rules.ts: codes

local GRACE = 60000

-- A code that was once found to have ended stays ended (`over`), wherever Redis's clock may be now.
local function phase_of(record, now)
  if not record or not record.serial then return 'gone' end
  if record.gone then return now < record.gone and 'grace' or 'gone' end
  if record.over then return 'ended' end
  return now < record.expires and 'live' or 'ended'
end

local function fate_of_earlier(record, now)
  local phase = phase_of(record, now)
  return phase == 'live' and 'replaced' or phase == 'ended' and 'expired' or nil
end

-- rules.ts: attempts

local HOUR = 3600000

local function locked_until(record, now)
  if record and record.locked and now < record.locked then return record.locked end
end

local function after_wrong_code(record, max_attempts, lockout, now)
  local failures, locks = 0, 0
  if record.forget and now < record.forget then failures, locks = record.failures, record.locks end
  if failures + 1 < max_attempts then
    record.failures, record.locks, record.locked, record.forget = failures + 1, locks, 0, now + HOUR
  else
    local locked = now + math.min(lockout * 2 ^ locks, HOUR)
    record.failures, record.locks, record.locked, record.forget = 0, locks + 1, locked, locked + HOUR
  end
end

-- rules.ts: the limits of one code

local function refuses_resend(record)
  if record.checks == 0 then return 'locked' end
  if record.resends == 0 then return 'send_limit' end
end

-- rules.ts: sends

local function throttle(last, oldest, cooldown, window, now)
  if last and now < last + cooldown then return 'resend_cooldown', last + cooldown end
  if oldest and now < oldest + window then return 'send_limit', oldest + window end
end

local function sends_forgotten_at(cooldown, limit, window, now)
  return now + math.max(cooldown, limit > 0 and window or 0)
end
