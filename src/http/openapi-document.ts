import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { PROBLEM_TYPE } from './problem.ts';

/** Our annotations on schemas. They configure the service or this file, and are removed from the document. */
const Notes = {
  error: Type.Optional(Type.Unknown()),
  noValidate: Type.Optional(Type.Unknown()),
  /** The media type of an answer that is not JSON. */
  mediaType: Type.Optional(Type.String()),
  /** Whether a request may omit this body. */
  mayBeAbsent: Type.Optional(Type.Boolean()),
};

/** The parts of a generated document that are fixed here. All others stay as they are. */
const Content = Type.Record(Type.String(), Type.Object({ schema: Type.Object(Notes) }));
const Answer = Type.Object({
  description: Type.String(),
  examples: Type.Optional(Type.Array(Type.Unknown())),
  content: Content,
});
const Operation = Type.Object({
  requestBody: Type.Optional(Type.Object({ required: Type.Optional(Type.Boolean()), content: Content })),
  responses: Type.Record(Type.String(), Answer),
});
const Document = Type.Object({ paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)) });

/**
 * Turns the swagger plugin's document into valid and correct OpenAPI 3.1.
 *
 * The plugin lists each body under three media types, though the service uses one. It puts parts of an answer's schema
 * where OpenAPI does not allow them. It copies our annotations on schemas.
 *
 * @throws Error if the plugin's document has an unexpected form
 */
export function fixOpenApiDocument(generated: unknown): unknown {
  const document: unknown = JSON.parse(JSON.stringify(generated));
  if (!Value.Check(Document, document))
    throw new Error('the swagger plugin generated a document of unknown form');
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { requestBody, responses } = operation;
    if (requestBody !== undefined) {
      const schema = schemaOf(requestBody.content);
      if (schema.mayBeAbsent) requestBody.required = false;
      requestBody.content = { 'application/json': { schema } };
    }
    for (const [status, { description, examples, content }] of Object.entries(responses)) {
      const schema = schemaOf(content);
      const type = schema.mediaType ?? (Number(status) < 400 ? 'application/json' : PROBLEM_TYPE);
      responses[status] = {
        description,
        content: { [type]: { schema: { ...schema, ...(examples && { examples }) } } },
      };
    }
  }
  const isNote = (name: string, value: unknown) => name in Notes && typeof value !== 'object';
  return JSON.parse(JSON.stringify(document, (name, value) => (isNote(name, value) ? undefined : value)));
}

/** The schema of a body: the plugin lists the same one under each media type. */
function schemaOf({ 'application/json': json }: Static<typeof Content>) {
  if (json === undefined) throw new Error('the swagger plugin lists a body that is not JSON');
  return json.schema;
}
