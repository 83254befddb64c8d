import type { CommandLine } from './command-line.ts';

/** A client command failed. The message says why, in the service's words if it answered. */
export class ClientError extends Error {
  override name = 'ClientError';
}

/** Makes a client command's call. @returns what to print @throws ClientError */
export async function runClient(line: Extract<CommandLine, { name: 'client' }>): Promise<string> {
  const { command, values, url, key } = line;
  const { path, body } = command.call(values);
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  const sent = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(new URL(path, url), sent).catch(() => {
    throw new ClientError(
      `No service answers at ${url}. Start one with mock-otp-service, or name another with --url.`,
    );
  });
  const answer = await response.json().catch(() => undefined);
  if (typeof answer !== 'object' || answer === null)
    throw new ClientError(`What answers at ${url} is no mock-otp-service.`);
  if (!response.ok) throw new ClientError(reasonOf(answer));
  return String(command.show(answer));
}

/** A problem's text, with the fields that are wrong. */
function reasonOf({ detail, errors }: { detail?: unknown; errors?: unknown }): string {
  const wrong = Array.isArray(errors) ? errors.map((it) => `${it.field} ${it.detail}`) : [];
  return wrong.length > 0 ? wrong.join('\n') : String(detail);
}
