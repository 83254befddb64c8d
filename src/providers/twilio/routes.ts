import { type Context, Elysia } from 'elysia';
import { formBody as form } from '../../http/body.ts';
import { noBody, queryOf } from '../../http/request.ts';
import { causeOf } from '../../http/request-id.ts';
import { credentialCheck } from '../credentials.ts';
import type { ProviderParts } from '../parts.ts';
import type { Provider } from '../routes.ts';
import { type Answer, notFound, showProblem } from './errors.ts';
import { type Account, accountOf, link } from './format.ts';
import { Messages } from './messages.ts';
import { type Service, Services, showService } from './services.ts';
import { type Call, Verifications } from './verifications.ts';

/** Twilio Verify and Messages. */
export const twilio: Provider = {
  name: 'twilio',
  contentType: 'application/json',
  show: showProblem,
  routes: twilioRoutes,
};

type Incoming = Pick<Context, 'request' | 'set'> & { params: Record<string, string>; body: unknown };

function twilioRoutes(parts: ProviderParts) {
  const services = new Services(parts.list<Service>('twilio'));
  const verifications = new Verifications(parts);
  const messages = new Messages(parts);

  /** A handler that answers as Twilio does. */
  const handle =
    (answer: (form: URLSearchParams, call: Incoming, account: Account) => Promise<Sent>) =>
    async (call: Incoming): Promise<Response | object> => {
      const form = call.body instanceof URLSearchParams ? call.body : new URLSearchParams();
      const sent = await answer(form, call, accountOf(call.request));
      if (sent instanceof Response) return sent;
      call.set.status = sent.status;
      return sent.body;
    };

  /** A handler of calls about a service. */
  const about = (answer: (form: URLSearchParams, call: Call, named: string) => Promise<Sent>) =>
    handle(async (form, { params, request, set }, account) => {
      const service = services.find(params['service'] ?? '');
      if (service === undefined) return notFound(`/Services/${params['service']}`);
      return answer(form, { service, account, request, cause: causeOf(set) }, params['verification'] ?? '');
    });

  const save = async (form: URLSearchParams, account: Account, earlier?: Service): Promise<Answer> => {
    const saved = await services.save(form, parts.clock.now(), earlier);
    if ('status' in saved) return saved;
    return { status: earlier === undefined ? 201 : 200, body: showService(saved, account) };
  };

  return new Elysia({ prefix: '/twilio', detail: { hide: true } })
    .onTransform(credentialCheck(parts.keys))
    .post(
      '/v2/Services',
      handle((form, _, account) => save(form, account)),
      form,
    )
    .get(
      '/v2/Services',
      handle(async (_, __, account) => listed(services.all, account)),
    )
    .get(
      '/v2/Services/:service',
      about(async (_, { service, account }) => ok(showService(service, account))),
    )
    .post(
      '/v2/Services/:service',
      about((form, { service, account }) => save(form, account, service)),
      form,
    )
    .delete(
      '/v2/Services/:service',
      about(async (_, { service }) => {
        await services.remove(service.sid);
        return new Response(null, { status: 204 });
      }),
      noBody,
    )
    .post(
      '/v2/Services/:service/Verifications',
      about((form, call) => verifications.start(form, call)),
      form,
    )
    .get(
      '/v2/Services/:service/Verifications/:verification',
      about(async (_, call, named) => verifications.read(named, call)),
    )
    .post(
      '/v2/Services/:service/Verifications/:verification',
      about((form, call, named) => verifications.end(named, form, call)),
      form,
    )
    .post(
      '/v2/Services/:service/VerificationCheck',
      about((form, call) => verifications.check(form, call)),
      form,
    )
    .post(
      '/2010-04-01/Accounts/:account/Messages.json',
      handle((form, { params, request, set }) =>
        messages.send(form, params['account'] ?? '', request, causeOf(set)),
      ),
      form,
    )
    .get(
      '/2010-04-01/Accounts/:account/Messages.json',
      handle(async (_, { params, request }) =>
        messages.list(new URLSearchParams(queryOf(request)), params['account'] ?? ''),
      ),
    )
    .get(
      '/2010-04-01/Accounts/:account/Messages/:message',
      handle(async (_, { params }) =>
        messages.read((params['message'] ?? '').replace(/\.json$/, ''), params['account'] ?? ''),
      ),
    );
}

/** An answer, or one that a fault has already made. */
type Sent = Answer | Response;

function ok(body: object): Answer {
  return { status: 200, body };
}

function listed(services: readonly Service[], account: Account): Answer {
  const url = link('/v2/Services?PageSize=50&Page=0');
  const pages = { first_page_url: url, previous_page_url: null, next_page_url: null, url };
  return ok({
    meta: { page: 0, page_size: 50, key: 'services', ...pages },
    services: services.map((service) => showService(service, account)),
  });
}
