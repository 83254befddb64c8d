-- Tells whether Redis takes steps: it refuses a script that may write where it could not.
local function step()
  return 1
end
