import cancel from './lua/cancel.lua' with { type: 'text' };
import expire from './lua/expire.lua' with { type: 'text' };
import forget from './lua/forget.lua' with { type: 'text' };
import records from './lua/records.lua' with { type: 'text' };
import request from './lua/request.lua' with { type: 'text' };
import rules from './lua/rules.lua' with { type: 'text' };
import expireNow from './lua/run-out.lua' with { type: 'text' };
import verify from './lua/verify.lua' with { type: 'text' };
import { Script } from './script.ts';

const parts = [rules, records];
/** For what ends things: it needs no more memory than it gives back, and has to go on where there is none left. */
const ending = { parts, flags: 'allow-oom' };

/** The store's steps. A full Redis takes no request, and no guess either, for it could not count that. */
export const SCRIPTS = {
  request: new Script(request, { parts }),
  verify: new Script(verify, { parts }),
  cancel: new Script(cancel, ending),
  expireNow: new Script(expireNow, ending),
  expire: new Script(expire, ending),
  forget: new Script(forget, ending),
};
