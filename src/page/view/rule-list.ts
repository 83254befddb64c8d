import { problemInWords } from '../model/words.ts';
import type { Api, Outcome } from './api.ts';
import { listTexts, onClick, onSubmit, say } from './dom.ts';

/** What differs between the list of faults and that of fixed codes. */
export interface Rules<T> {
  /** The list's path, and the ids of its elements: `<name>`, `<name>-clear`, `<name>-answer`, and the form. */
  readonly path: string;
  readonly name: string;
  readonly form: string;
  readonly inWords: (rule: T) => string;
  /** The rule that stands in the form. */
  readonly read: () => T;
}

/** A list of rules that the service keeps: shown, added to, cleared. */
export class RuleList<T> {
  readonly #api: Api;
  readonly #rules: Rules<T>;
  #shown = '';
  /** How often the list was looked at, and up to which look all is outdated: looks are answered in any order. */
  #looks = 0;
  #outdated = 0;

  constructor(api: Api, rules: Rules<T>) {
    this.#api = api;
    this.#rules = rules;
    onSubmit(rules.form, () => this.#add());
    onClick(`${rules.name}-clear`, async () => this.#show(await api.call<T[]>('DELETE', rules.path)));
  }

  async refresh(): Promise<void> {
    const look = ++this.#looks;
    const answer = await this.#api.call<T[]>('GET', this.#rules.path);
    if (!answer.ok || look <= this.#outdated) return;
    this.#outdated = look;
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
    this.#outdated = this.#looks;
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
