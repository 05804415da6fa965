import type { TimerId, Timers } from "./timers";

/** Timers by name: setting one again takes the place of what it was. */
export class Alarms<Name extends string> {
  readonly #timers: Timers;
  readonly #set = new Map<Name, TimerId>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  set(name: Name, ms: number, run: () => void): void {
    this.clear(name);
    const id = this.#timers.setTimeout(() => {
      this.#set.delete(name);
      run();
    }, ms);
    this.#set.set(name, id);
  }

  isSet(name: Name): boolean {
    return this.#set.has(name);
  }

  clear(name: Name): void {
    const id = this.#set.get(name);
    if (id !== undefined) this.#timers.clearTimeout(id);
    this.#set.delete(name);
  }

  clearAll(): void {
    for (const name of [...this.#set.keys()]) this.clear(name);
  }
}
