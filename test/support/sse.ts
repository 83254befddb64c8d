/** A frame of an event stream: its fields, and its data parsed. */
export interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data: Record<string, unknown>;
}

/** Reads an event stream frame by frame. Comments and frames without data are left out. */
export async function* frames(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Frame, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body ?? []) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields['data'] !== undefined) yield { ...fields, data: JSON.parse(fields['data']) };
    }
  }
}

/** The next `count` frames of a stream. @throws Error if the stream ends before */
export async function take(stream: AsyncGenerator<Frame, void>, count: number): Promise<Frame[]> {
  const taken: Frame[] = [];
  while (taken.length < count) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`the stream ended after ${taken.length} frames`);
    taken.push(value);
  }
  return taken;
}
