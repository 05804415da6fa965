import type { Breakdown, Label, Project, Task } from "@/shared/api/types";
import { type Cursor, isFields, type SnapshotItem, type StreamEvent } from "@/shared/socket/frames";

import { type Key, type Kind, type Kinds, keyOf, type Named, partsOfKey } from "./kinds";

/** What has changed since it was last asked for. */
export interface News {
  readonly cursor: Cursor;
  /** It is all there is: a snapshot has come. */
  readonly whole: boolean;
  readonly put: readonly (readonly [key: string, item: SnapshotItem])[];
  readonly gone: readonly string[];
}

/**
 * What the server has said, and nothing else: snapshot + events. A plain value with a cursor, so
 * that it can be kept between visits and taken up again where it ended.
 */
export class Replica {
  cursor: Cursor | null = null;
  readonly tasks = new Map<string, Task>();
  readonly projects = new Map<string, Project>();
  readonly labels = new Map<string, Label>();
  /** Closed ones too, so that whoever has one open learns that it is. */
  readonly drafts = new Map<string, Breakdown>();
  readonly #all: { readonly [K in Kind]: Map<string, Kinds[K]> } = {
    task: this.tasks,
    project: this.projects,
    label: this.labels,
  };

  /** What has changed since `takeNews`: keys, those of plans too. */
  readonly #touched = new Set<string>();
  #whole = false;
  #toldSeq: number | null = null;

  get = (key: Key): Named | undefined => {
    const { kind, id } = partsOfKey(key);
    return this.#all[kind].get(id);
  };

  *keys(): Generator<Key> {
    for (const kind of KINDS) for (const id of this.#all[kind].keys()) yield keyOf(kind, id);
  }

  /** Takes a snapshot in place of all that was known. */
  replace(cursor: Cursor, items: readonly SnapshotItem[]): void {
    this.cursor = cursor;
    for (const kind of KINDS) this.#all[kind].clear();
    this.drafts.clear();
    this.#whole = true;
    this.#touched.clear();
    for (const { kind, data } of items) {
      if (kind === "breakdown") this.take(data);
      else if (isKind(kind) && isObject(data)) this.#put(kind, data);
    }
  }

  /** Takes in a breakdown as it was told or answered; an older version than is known is no news. */
  take(data: unknown): void {
    if (!isObject(data)) return;
    const known = this.drafts.get(data.id);
    if (known && known.version >= data.version) return;
    this.drafts.set(data.id, data);
    this.#touched.add(DRAFT + data.id);
  }

  /**
   * Applies an event; one that was applied before changes nothing. Returns which object may have
   * changed, or null. Kinds that are not known here only move the cursor.
   */
  apply(event: StreamEvent): Key | null {
    if (this.cursor) {
      if (event.seq <= this.cursor.seq) return null;
      this.cursor = { ...this.cursor, seq: event.seq };
    }
    const told = objectOf(event);
    if (event.type.startsWith("breakdown.")) this.take(event.data.breakdown);
    if (!told) return null;
    this.#touched.add(keyOf(told.kind, told.object.id));
    if (event.type.endsWith(".deleted")) this.#all[told.kind].delete(told.object.id);
    else this.#put(told.kind, told.object);
    return keyOf(told.kind, told.object.id);
  }

  /** What is to be kept elsewhere since the last time; null where there is nothing new. */
  takeNews(): News | null {
    const { cursor } = this;
    if (!cursor || (!this.#whole && this.#touched.size === 0 && this.#toldSeq === cursor.seq)) {
      return null;
    }
    const whole = this.#whole;
    const drafts = Array.from(this.drafts.keys(), (id) => DRAFT + id);
    const keys = whole ? [...this.keys(), ...drafts] : this.#touched;
    const put: [string, SnapshotItem][] = [];
    const gone: string[] = [];
    for (const key of keys) {
      const [kind, id] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      const data = isKind(kind) ? this.#all[kind].get(id) : this.drafts.get(id);
      if (data) put.push([key, { kind, data }]);
      else gone.push(key);
    }
    this.#touched.clear();
    this.#whole = false;
    this.#toldSeq = cursor.seq;
    return { cursor, whole, put, gone };
  }

  #put(kind: Kind, object: Task & Project & Label): void {
    this.#all[kind].set(object.id, object);
  }
}

const DRAFT = "breakdown:";

export const KINDS: readonly Kind[] = ["task", "project", "label"];

/** Which object an event tells of, where it is of a kind that a person changes. */
function objectOf({ type, data }: StreamEvent) {
  const kind = type.slice(0, type.indexOf("."));
  const object = data[kind];
  return isKind(kind) && isObject(object) ? { kind, object } : null;
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

/** An object of the wire; its kind was told beside it. */
function isObject(data: unknown): data is Task & Project & Label & Breakdown {
  return isFields(data) && typeof data.id === "string" && typeof data.version === "number";
}
