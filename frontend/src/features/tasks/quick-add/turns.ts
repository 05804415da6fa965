interface Turn {
  /** Does it with what is known by now. */
  readonly take: () => void;
  ready: boolean;
}

/** Things that wait each for something of its own, done in the order in which they were begun. */
export class Turns {
  #turns: Turn[] = [];

  /**
   * Does `run` with what `awaited` comes to; at once where that is known and nothing waits before it.
   * `meanwhile` stands in for it where there is no time left to wait.
   */
  add<Value>(
    awaited: Value | Promise<Value>,
    meanwhile: () => Value,
    run: (value: Value) => void,
  ): void {
    let value = meanwhile;
    const turn: Turn = {
      ready: false,
      take: () => {
        run(value());
      },
    };
    const settle = (to: Value) => {
      value = () => to;
      turn.ready = true;
      while (this.#turns[0]?.ready) this.#turns.shift()?.take();
    };
    this.#turns.push(turn);
    if (awaited instanceof Promise) void awaited.then(settle);
    else settle(awaited);
  }

  /** Waits for nothing any more. */
  flush(): void {
    for (const turn of this.#turns.splice(0)) turn.take();
  }
}
