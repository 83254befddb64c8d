import { listRoutes } from '../list/routes.ts';
import { FaultList, refuseContradictions } from './fault.ts';
import type { Faults } from './faults.ts';

/** `/mock/faults`: makes calls and deliveries fail. */
export function faultRoutes(list: Faults) {
  return listRoutes({
    prefix: '/faults',
    name: 'faults',
    description:
      'Faults strike calls that passed validation; the first fault that matches decides. After the delay the call answers with the status and injected_fault, or the connection closes, and nothing else happens. A fault on delivery strikes a message when it is queued: the message goes out late, not at all, or twice.',
    schema: FaultList,
    list,
    check: refuseContradictions,
  });
}
