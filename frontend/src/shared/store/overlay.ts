import { type Change, changed, keyOfChange } from "./change";
import { type Key, type Named, partsOfKey } from "./kinds";

interface Layer {
  readonly opId: string;
  readonly change: Change;
  /** What the server made of it; undefined while it has not said. */
  answer?: Named;
  /** The version that the answer carried, "gone" where nothing is left, null while not known. */
  version: number | "gone" | null;
}

interface Pending {
  readonly opId: string;
  readonly layers: Map<Key, Layer>;
  answeredAt: number | null;
  /** When the stream has come this far, everything answered has been seen in it. */
  gate: number | null;
}

/** An answer this old was committed before a head that is told now. */
const SETTLED_MS = 5_000;

/**
 * A person's own changes, laid over what the server has said until the stream says the same.
 *
 * An answer does not end an operation: the event may be on its way behind older ones, and going
 * by the answer alone would show the object's past for a moment. What ends it, object by object, is
 * its echo (`op_id`), a version at least as new in the stream, a head told later than the answer,
 * or a refusal.
 */
export class Overlay {
  readonly #pending = new Map<string, Pending>();
  readonly #byKey = new Map<Key, Layer[]>();

  /** Operations whose answer has not come. */
  get unanswered(): number {
    let count = 0;
    for (const { answeredAt } of this.#pending.values()) if (answeredAt === null) count += 1;
    return count;
  }

  keys(): IterableIterator<Key> {
    return this.#byKey.keys();
  }

  add(opId: string, changes: readonly Change[]): void {
    if (this.#pending.has(opId)) return;
    const layers = new Map<Key, Layer>();
    for (const change of changes) {
      const key = keyOfChange(change);
      const layer: Layer = { opId, change, version: null };
      layers.set(key, layer);
      const over = this.#byKey.get(key);
      if (over) over.push(layer);
      else this.#byKey.set(key, [layer]);
    }
    this.#pending.set(opId, { opId, layers, answeredAt: null, gate: null });
  }

  /**
   * The server's answer takes the place of the guess, where it speaks of what was guessed.
   * Returns what that touches.
   */
  answer(opId: string, objects: readonly Named[], now: number): readonly Key[] {
    const one = this.#pending.get(opId);
    if (!one) return [];
    one.answeredAt = now;
    if (one.layers.size === 0) this.#pending.delete(opId);
    const byId = new Map(objects.map((object) => [object.id, object]));
    for (const [key, layer] of one.layers) {
      const answer = byId.get(partsOfKey(key).id);
      if ("gone" in layer.change) layer.version = "gone";
      else if (answer) [layer.answer, layer.version] = [answer, answer.version];
    }
    return [...one.layers.keys()];
  }

  /** The operation was refused. Returns what it had touched. */
  remove(opId: string): readonly Key[] {
    const one = this.#pending.get(opId);
    if (!one) return [];
    const keys = [...one.layers.keys()];
    for (const key of keys) this.#end(one, key);
    this.#pending.delete(opId);
    return keys;
  }

  /** The stream tells what the operation made of an object: of this one nothing is guessed any more. */
  echoed(opId: string, key: Key, now: number): void {
    const one = this.#pending.get(opId);
    if (!one) return;
    // Whoever hears the echo needs no answer to know that it was accepted.
    one.answeredAt ??= now;
    this.#end(one, key);
  }

  /** The server told a head: what was answered well before lies at or below it. */
  gateAt(head: number, now: number): void {
    for (const one of this.#pending.values()) {
      if (one.answeredAt !== null && one.gate === null && now - one.answeredAt >= SETTLED_MS) {
        one.gate = head;
      }
    }
  }

  /** Ends what the stream, come as far as `seq`, has caught up with. Returns what that touches. */
  prune(seq: number, confirmed: (key: Key) => Named | undefined): readonly Key[] {
    const ended: Key[] = [];
    for (const one of this.#pending.values()) {
      if (one.answeredAt === null) continue;
      const passed = one.gate !== null && one.gate <= seq;
      for (const [key, { version }] of one.layers) {
        if (!passed && !isSeen(version, confirmed(key))) continue;
        this.#end(one, key);
        ended.push(key);
      }
    }
    return ended;
  }

  /** An object as the person should see it. */
  over(key: Key, confirmed: Named | undefined): Named | undefined {
    let object = confirmed;
    for (const { answer, change } of this.#byKey.get(key) ?? []) {
      object = answer ?? changed(object, change);
    }
    return object;
  }

  #end(one: Pending, key: Key): void {
    const layer = one.layers.get(key);
    if (!layer) return;
    one.layers.delete(key);
    const left = (this.#byKey.get(key) ?? []).filter((other) => other !== layer);
    if (left.length > 0) this.#byKey.set(key, left);
    else this.#byKey.delete(key);
    if (one.layers.size === 0) this.#pending.delete(one.opId);
  }
}

function isSeen(version: Layer["version"], known: Named | undefined): boolean {
  if (version === "gone") return !known;
  return version !== null && known !== undefined && known.version >= version;
}
