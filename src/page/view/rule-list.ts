import { problemInWords } from '../model/words.ts';
import type { Api, Outcome } from './api.ts';
import { listTexts, onClick, onSubmit, say } from './dom.ts';

/** The differences between the list of faults and the list of fixed codes. */
export interface Rules<T> {
  /** The endpoint, and the ids of the elements: `<name>`, `<name>-clear`, `<name>-answer` and the form. */
  readonly path: string;
  readonly name: string;
  readonly form: string;
  readonly inWords: (rule: T) => string;
  /** Reads the rule in the form. */
  readonly read: () => T;
}

/** Shows a list of rules that the service keeps, adds to it, and clears it. */
export class RuleList<T> {
  readonly #api: Api;
  readonly #rules: Rules<T>;
  #shown = '';
  /** Polls so far, and the last one that is outdated: answers may arrive in any order. */
  #polls = 0;
  #outdated = 0;

  constructor(api: Api, rules: Rules<T>) {
    this.#api = api;
    this.#rules = rules;
    onSubmit(rules.form, () => this.#add());
    onClick(`${rules.name}-clear`, async () => this.#show(await api.call<T[]>('DELETE', rules.path)));
  }

  async refresh(): Promise<void> {
    const poll = ++this.#polls;
    const answer = await this.#api.call<T[]>('GET', this.#rules.path);
    if (!answer.ok || poll <= this.#outdated) return;
    this.#outdated = poll;
    this.#list(answer.body);
  }

  async #add(): Promise<void> {
    const { path, read } = this.#rules;
    const answer = await this.#api.call<T[]>('GET', path);
    this.#show(answer.ok ? await this.#api.call<T[]>('PUT', path, [...answer.body, read()]) : answer);
  }

  #show(answer: Outcome<T[]>): void {
    const { name } = this.#rules;
    say(`${name}-answer`, answer.ok ? '' : problemInWords(answer.problem), 'bad');
    if (!answer.ok) return;
    this.#outdated = this.#polls;
    this.#list(answer.body);
  }

  #list(rules: readonly T[]): void {
    const { name, inWords } = this.#rules;
    const texts = rules.map(inWords);
    const shown = JSON.stringify(texts);
    if (shown === this.#shown) return;
    this.#shown = shown;
    listTexts(name, texts);
  }
}
