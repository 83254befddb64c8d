import { join } from 'node:path';

const file = Bun.file(join(import.meta.dir, '../../k8s-scaled/settings.env'));

/** The settings in the scaled form's ConfigMap. */
export const settings: Readonly<Record<string, string>> = Object.fromEntries(
  [...(await file.text()).matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
