import { once } from 'node:events';
import { createServer } from 'node:http';
import { Login } from './login.js';

/** The application under test: a page around the login. Replace it with your own. */
export async function startLoginApp({ otpUrl, host = '127.0.0.1', port = 0 }) {
  const login = new Login(otpUrl);
  const server = createServer(async (request, response) => {
    let form = '';
    for await (const chunk of request) form += chunk;
    const { user = '', code = '' } = Object.fromEntries(new URLSearchParams(form));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(await pageAt(request.url, login, user, code));
  });
  await once(server.listen(port, host), 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${host}:${server.address().port}`, stop };
}

async function pageAt(path, login, user, code) {
  if (path === '/login') return page('/', `<p role="status">${escaped(await login.enter(user, code))}</p>`);
  if (path !== '/code') return page('/code', '<label>Phone <input name="user" autocomplete="tel"></label>');
  if (!(await login.sendCode(user)))
    return page('/', '<p role="status">We cannot send a code right now. Try again.</p>');
  return page(
    '/login',
    `<input type="hidden" name="user" value="${escaped(user)}">
     <label>Code <input name="code" autocomplete="one-time-code"></label>`,
  );
}

function page(action, content) {
  const form = `<form method="post" action="${action}">${content}<button>Continue</button></form>`;
  return `<!doctype html><html lang="en"><title>Login</title>${form}</html>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
