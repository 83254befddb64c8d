import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { PROBLEM_TYPE } from './problem.ts';

/** Our own notes on schemas, of which the document has no need: what they say is in it in other ways. */
const Notes = {
  error: Type.Optional(Type.Unknown()),
  noValidate: Type.Optional(Type.Unknown()),
  /** What an answer is that is not JSON. */
  mediaType: Type.Optional(Type.String()),
  /** That a request may come without this body. */
  mayBeAbsent: Type.Optional(Type.Boolean()),
};

/** The parts of a generated document that are mended here; all others pass through as they are. */
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
 * Makes what the swagger plugin generates a valid and true OpenAPI 3.1 document.
 *
 * The plugin lists each body under three media types where the service knows one, puts parts of an answer's
 * schema where OpenAPI has no place for them, and copies our own notes on schemas.
 *
 * @throws Error if the plugin's document does not have the form this relies on
 */
export function tidyDocument(generated: unknown): unknown {
  const document: unknown = JSON.parse(JSON.stringify(generated));
  if (!Value.Check(Document, document)) throw new Error('the swagger plugin made a document of unknown form');
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

/** The schema of a body, which is the same under each media type that the plugin lists. */
function schemaOf({ 'application/json': json }: Static<typeof Content>) {
  if (json === undefined) throw new Error('the swagger plugin lists a body that is not JSON');
  return json.schema;
}
