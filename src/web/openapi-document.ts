import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { PROBLEM_TYPE } from './problem.ts';

/** The parts of a generated document that are mended here; all others pass through as they are. */
const Examples = Type.Optional(Type.Array(Type.Unknown()));
const Content = Type.Record(Type.String(), Type.Object({ schema: Type.Object({ examples: Examples }) }));
const Answer = Type.Object({ examples: Examples, content: Content });
const Operation = Type.Object({
  requestBody: Type.Optional(Type.Object({ content: Content })),
  responses: Type.Record(Type.String(), Answer),
});
const Document = Type.Object({ paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)) });

/** Notes on schemas that are for us and not for the document. */
const OURS = ['error', 'noValidate'];

/**
 * Makes what the swagger plugin generates a valid and true OpenAPI 3.1 document.
 *
 * The plugin lists each body under three media types where the service knows one, puts the examples of an
 * answer where OpenAPI has no place for them, and copies our own notes on schemas.
 *
 * @throws Error if the plugin's document does not have the form this relies on
 */
export function tidyDocument(generated: unknown): Static<typeof Document> {
  const document: unknown = JSON.parse(
    JSON.stringify(generated, (key, value) =>
      OURS.includes(key) && typeof value !== 'object' ? undefined : value,
    ),
  );
  if (!Value.Check(Document, document)) throw new Error('the swagger plugin made a document of unknown form');
  for (const path of Object.values(document.paths)) {
    for (const { requestBody, responses } of Object.values(path)) {
      if (requestBody !== undefined) requestBody.content = jsonAs('application/json', requestBody.content);
      for (const [status, answer] of Object.entries(responses)) {
        answer.content = jsonAs(
          Number(status) < 400 ? 'application/json' : PROBLEM_TYPE,
          answer.content,
          answer.examples,
        );
        delete answer.examples;
      }
    }
  }
  return document;
}

/** The JSON form alone, under the media type that is really sent. */
function jsonAs(
  type: string,
  { 'application/json': json }: Static<typeof Content>,
  examples?: unknown[],
): Static<typeof Content> {
  if (json === undefined) throw new Error('the swagger plugin lists a body that is not JSON');
  return { [type]: { schema: { ...json.schema, ...(examples && { examples }) } } };
}
