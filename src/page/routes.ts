import { Elysia } from 'elysia';
import { contentPolicy, fileHandler } from '../http/page-files.ts';
import { pageFiles } from './files.ts';

/** The page at `/`, and its files below `/page/`. */
export function pageRoutes(): Elysia {
  const routes = new Elysia({ detail: { hide: true } });
  for (const { path, type, text } of pageFiles()) {
    if (path === 'index.html') routes.get('/', fileHandler(text, type, contentPolicy()));
    else routes.get(`/page/${path}`, fileHandler(text, type));
  }
  return routes;
}
