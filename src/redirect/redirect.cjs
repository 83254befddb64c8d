'use strict';

/**
 * Sends an application's calls to Twilio, Vonage and Prelude to this service, with no change to the application:
 *
 *     OTP_MOCK_URL=http://localhost:8080 node --require mock-otp-service/redirect app.js
 *
 * It changes `https.request`, `https.get` and `fetch` of that process, for the hosts below alone. Without OTP_MOCK_URL it
 * does nothing.
 */

const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');

/** Hosts, and where their API is served. */
const PREFIXES = [
  // With an edge or a region the name is verify.sydney.us1.twilio.com, for example.
  [/^(verify|api)(\.[a-z0-9-]+){0,2}\.twilio\.com$/, '/twilio'],
  [/^api\.(nexmo|vonage)\.com$/, '/vonage'],
  [/^api\.prelude\.dev$/, '/prelude'],
];

/** The prefix of a host's API; undefined for every host that is not redirected. */
function prefixOf(host) {
  // A name may end in a dot, which says that it is complete.
  const name = String(host).toLowerCase().replace(/\.$/, '');
  return PREFIXES.find(([known]) => known.test(name))?.[1];
}

function readBase(text) {
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base?.protocol !== 'http:' && base?.protocol !== 'https:')
    throw new Error(
      `OTP_MOCK_URL must be the address of the service, such as http://localhost:8080, not "${text}"`,
    );
  return base;
}

function redirect(base) {
  const root = base.pathname.replace(/\/$/, '');
  const target = base.protocol === 'https:' ? https : http;
  const direct = { https: https.request, base: target.request, fetch: globalThis.fetch };

  /** Any form of the arguments of `https.request`, as options and a callback. */
  const normalised = ([first, second, third]) => {
    if (typeof first !== 'string' && !(first instanceof URL)) return [first ?? {}, second];
    const { hostname, port, pathname, search, username, password } = new URL(first);
    const auth =
      username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
    const options = { hostname, port, path: pathname + search, ...auth };
    return typeof second === 'function' || second == null
      ? [options, second ?? third]
      : [{ ...options, ...second }, third];
  };

  https.request = function request(...args) {
    const [options, callback] = normalised(args);
    const prefix = prefixOf(options.hostname ?? String(options.host ?? '').replace(/:\d+$/, ''));
    if (prefix === undefined) return direct.https.apply(https, args);
    const { agent, host, protocol, defaultPort, servername, headers = {}, ...rest } = options;
    const path = root + prefix + (options.path ?? '/');
    const where = {
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path,
    };
    return direct.base.call(target, { ...rest, headers: withHost(headers, base.host), ...where }, callback);
  };
  https.get = function get(...args) {
    const request = https.request(...args);
    request.end();
    return request;
  };
  globalThis.fetch = function fetch(input, init) {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://relative.invalid');
    const prefix = prefixOf(url.hostname);
    if (prefix === undefined) return direct.fetch(input, init);
    const to = base.origin + root + prefix + url.pathname + url.search;
    return direct.fetch(input instanceof Request ? new Request(to, input) : to, init);
  };
  // For those who import from 'node:https' by name.
  syncBuiltinESMExports();
}

/** Headers may be an object, or a list of names and values in turn, to which Node adds no host. */
function withHost(headers, host) {
  const isHost = (name) => String(name).toLowerCase() === 'host';
  if (Array.isArray(headers))
    return headers.map((it, i) => (i % 2 === 1 && isHost(headers[i - 1]) ? host : it));
  return Object.fromEntries(Object.entries(headers).map(([name, it]) => [name, isHost(name) ? host : it]));
}

const { OTP_MOCK_URL } = process.env;
if (OTP_MOCK_URL) redirect(readBase(OTP_MOCK_URL));
