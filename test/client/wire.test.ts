import { expectTypeOf, test } from 'bun:test';
import type { Static } from '@sinclair/typebox';
import type { CodeMessage, CodeRequest, Fault, RequestedCode } from '../../src/client/wire.ts';
import type { FaultList } from '../../src/levers/faults/fault.ts';
import type { Message } from '../../src/levers/inbox/message.ts';
import type { requestAnswer, requestBody } from '../../src/otp-api/models.ts';

type ServiceFault = Static<typeof FaultList>[number];
type ServiceMessage = Static<typeof Message>;
type ServiceRequest = Static<ReturnType<typeof requestBody>>;
type ServiceAnswer = Static<typeof requestAnswer>;

// The client is a package for Node, without the service's schemas, so it writes its types itself. The compiler judges
// these tests: `bun run check`.
test("the client's types have every field of the service's, and no other", () => {
  expectTypeOf<keyof Fault>().toEqualTypeOf<keyof ServiceFault>();
  expectTypeOf<keyof CodeMessage>().toEqualTypeOf<keyof ServiceMessage>();
  expectTypeOf<keyof CodeRequest>().toEqualTypeOf<keyof ServiceRequest>();
  expectTypeOf<keyof RequestedCode>().toEqualTypeOf<Exclude<keyof ServiceAnswer, 'message'>>();
});

test('the client reads what the service writes', () => {
  expectTypeOf<ServiceMessage>().toExtend<CodeMessage>();
  expectTypeOf<ServiceAnswer>().toExtend<RequestedCode>();
  expectTypeOf<ServiceFault>().toExtend<Fault>();
});

test('the service reads the faults that the client writes', () => {
  expectTypeOf<Fault>().toExtend<ServiceFault>();
});
