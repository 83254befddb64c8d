/** The median. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** The quantile. @param share from 0 to 1 */
export function quantile(figures: readonly number[], share: number): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length * share)] ?? Math.max(...figures);
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** One figure divided by another, with two decimals. */
export function ratio(figure: number, base: number): string {
  return (figure / base).toFixed(2);
}
