/**
 * A minimal application with a one-time-password login, for the tests in this folder. It knows nothing of tests and
 * calls the service as it would call any provider.
 *
 * @param otpUrl the URL of the one-time-password service
 */
export function startLoginApp(otpUrl: string) {
  const call = (path: string, body: object) =>
    fetch(`${otpUrl}/otp/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, purpose: 'login' }),
    });

  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/': page(`<label>Phone <input name="user" autocomplete="tel"></label>`, '/code'),
      '/code': {
        POST: async (request) => {
          const user = String((await request.formData()).get('user'));
          const sent = await call('request', { user });
          if (!sent.ok)
            return page('<p role="alert">We cannot send a code right now. Try again soon.</p>', '/code');
          return page(
            `<input type="hidden" name="user" value="${Bun.escapeHTML(user)}">
             <label>Code <input name="code" autocomplete="one-time-code"></label>`,
            '/login',
          );
        },
      },
      '/login': {
        POST: async (request) => {
          const { user, code } = Object.fromEntries(await request.formData());
          const { status } = await call('verify', { user, code });
          if (status === 200) return page(`<h1>Welcome, ${Bun.escapeHTML(String(user))}</h1>`, '/');
          const why = status === 410 ? 'Your code has expired.' : 'Wrong code.';
          return page(`<p role="alert">${why}</p>`, '/');
        },
      },
    },
  });
}

function page(content: string, action: string): Response {
  const form = `<form method="post" action="${action}">${content}<button>Continue</button></form>`;
  return new Response(`<!doctype html><title>Login</title>${form}`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}
