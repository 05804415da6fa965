import type { Breakdown, Label, Project, Task } from "@/shared/api/types";
import type { Clock } from "@/shared/clock/clock";
import type { Cursor, SnapshotItem, StreamEvent } from "@/shared/socket/frames";

import { type Board, Boards, EMPTY_BOARD, keep } from "./board";
import type { Change } from "./change";
import { draftsAt } from "./draft";
import { type Key, type Kind, type Kinds, keyOf, type Named, partsOfKey } from "./kinds";
import { Overlay } from "./overlay";
import { byPlace, compare } from "./place";
import { KINDS, type News, Replica } from "./replica";

type Listener = () => void;
/** Tasks that have just gone from upcoming to missed, before anyone has drawn it. */
export type MissListener = (missed: readonly Task[]) => void;

/**
 * The tasks, projects, labels and plans as the page shows them: the replica, the person's own
 * changes over it, and the clock.
 * A card crosses to Missed when the clock passes its deadline or when the server says that it has,
 * whichever is first; the other then finds nothing left to do.
 */
export class TaskStore {
  readonly #clock: Clock;
  readonly #replica = new Replica();
  readonly #overlay = new Overlay();
  readonly #visible: { readonly [K in Kind]: Map<string, Kinds[K]> } = {
    task: new Map(),
    project: new Map(),
    label: new Map(),
  };
  /** Tasks read one by one, such as those closed too long ago for the snapshot. */
  readonly #adopted = new Map<Key, Task>();
  readonly #listeners = new Set<Listener>();
  readonly #missListeners = new Set<MissListener>();
  readonly #boards = new Boards();
  #board: Board = EMPTY_BOARD;
  #drafts: readonly Breakdown[] = [];
  #projects: readonly Project[] = [];
  #labels: readonly Label[] = [];
  /** Projects or labels have changed since the last look. */
  #renamed = false;
  #ready = false;
  #unanswered = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets cards cross as time passes, until the function it returns is called. */
  keepTime(): () => void {
    return this.#clock.watch(this.#nextDeadline, () => {
      this.#publish();
    });
  }

  readonly #nextDeadline = () => this.#board.nextDeadline;

  // Reading. Each answer is the same object until something in it has changed.

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onMissed(listener: MissListener): () => void {
    this.#missListeners.add(listener);
    return () => this.#missListeners.delete(listener);
  }

  /** Whether a first snapshot has come. */
  isReady = (): boolean => this.#ready;

  getBoard = (): Board => this.#board;

  getTask(id: string): Task | undefined {
    return this.#visible.task.get(id);
  }

  /** Archived ones too, in the person's own order. */
  getProjects = (): readonly Project[] => this.#projects;

  getProject(id: string): Project | undefined {
    return this.#visible.project.get(id);
  }

  /** By their names. */
  getLabels = (): readonly Label[] => this.#labels;

  getLabel(id: string): Label | undefined {
    return this.#visible.label.get(id);
  }

  /** The drafts of plans that are not closed, newest first. */
  getDrafts = (): readonly Breakdown[] => this.#drafts;

  getDraft(id: string): Breakdown | undefined {
    return this.#replica.drafts.get(id);
  }

  /** How many of the person's changes wait for the server. */
  countUnanswered = (): number => this.#unanswered;

  // What the server says.

  replace(cursor: Cursor, items: readonly SnapshotItem[]): void {
    this.#replica.replace(cursor, items);
    // Whatever was read by itself may have been deleted since; who still needs it reads it again.
    this.#adopted.clear();
    this.#overlay.prune(cursor.seq, this.#replica.get);
    const shown = KINDS.flatMap((kind) =>
      Array.from(this.#visible[kind].keys(), (id) => keyOf(kind, id)),
    );
    const keys = new Set([...shown, ...this.#replica.keys(), ...this.#overlay.keys()]);
    for (const key of keys) this.#refresh(key);
    const first = !this.#ready;
    this.#ready = true;
    this.#publish({ tellMisses: !first });
  }

  /** Takes up what was kept of an earlier visit: as a snapshot, but no news to those who keep it. */
  restore(cursor: Cursor, items: readonly SnapshotItem[]): void {
    this.replace(cursor, items);
    this.#replica.takeNews();
  }

  /** What the server has told since this was last asked; null where there is nothing new. */
  takeNews(): News | null {
    return this.#replica.takeNews();
  }

  /** The version of an object as the server last told it; null where there is none. */
  versionOf(key: Key): number | null {
    return this.#replica.get(key)?.version ?? null;
  }

  apply(events: readonly StreamEvent[]): void {
    for (const event of events) {
      // Deadlines fire at their instant: that the event is here proves that the instant has come.
      this.#clock.atLeast(Date.parse(event.at));
      const key = this.#replica.apply(event);
      if (key === null) continue;
      this.#adopted.delete(key);
      if (isEcho(event)) this.#overlay.echoed(event.op_id, key, this.#clock.now());
      this.#refresh(key);
    }
    this.#prune();
    this.#publish();
  }

  headTold(head: number): void {
    this.#overlay.gateAt(head, this.#clock.now());
    const pruned = this.#prune();
    // It comes with every ping, and mostly says what is known.
    this.#publish({ always: pruned });
  }

  /** Takes in a task that was read by itself and that the stream does not carry. */
  adopt(task: Task): void {
    const key = keyOf("task", task.id);
    if (this.#replica.get(key)) return;
    this.#adopted.set(key, task);
    this.#refresh(key);
    this.#publish();
  }

  /** Takes in a breakdown that the server has answered, ahead of the stream. */
  takeDraft(draft: Breakdown): void {
    this.#replica.take(draft);
    this.#publish();
  }

  // What the person does.

  begin(opId: string, changes: readonly Change[]): void {
    this.#overlay.add(opId, changes);
    for (const change of changes) this.#refresh(keyOf(change.kind, change.id));
    this.#publish();
  }

  /** The server accepted, and answered with these. */
  answered(opId: string, objects: readonly Named[]): void {
    for (const key of this.#overlay.answer(opId, objects, this.#clock.now())) this.#refresh(key);
    this.#prune();
    this.#publish();
  }

  /** The server refused: all stands as it was. */
  refused(opId: string): void {
    for (const key of this.#overlay.remove(opId)) this.#refresh(key);
    this.#publish();
  }

  /** Whether anything ended by it. */
  #prune(): boolean {
    const seq = this.#replica.cursor?.seq ?? 0;
    const ended = this.#overlay.prune(seq, this.#replica.get);
    for (const key of ended) this.#refresh(key);
    return ended.length > 0;
  }

  #refresh(key: Key): void {
    const { kind, id } = partsOfKey(key);
    const visible = this.#visible[kind] as Map<string, Named>;
    const before = visible.get(id);
    const object = this.#overlay.over(key, this.#replica.get(key) ?? this.#adopted.get(key));
    const shown = object && before && same(before, object) ? before : object;
    if (shown) visible.set(id, shown);
    else visible.delete(id);
    if (shown === before) return;
    if (kind !== "task") this.#renamed = true;
    else this.#boards.set(id, shown as Task | undefined);
  }

  /** Works out what is to be seen, and tells: always, or only where that is something else than before. */
  #publish({ tellMisses = true, always = true } = {}): void {
    const before = this.#board;
    const draftsBefore = this.#drafts;
    const now = this.#clock.now();
    const after = this.#boards.at(now);
    this.#unanswered = this.#overlay.unanswered;
    this.#board = after;
    this.#drafts = keep(this.#drafts, draftsAt(this.#replica.drafts.values(), now));
    if (this.#renamed) {
      this.#renamed = false;
      const { project, label } = this.#visible;
      this.#projects = keep(this.#projects, [...project.values()].sort(byPlace));
      this.#labels = keep(this.#labels, [...label.values()].sort(byName));
    }
    if (tellMisses) this.#tellMisses(before, this.#board);
    if (before.nextDeadline !== after.nextDeadline) this.#clock.reconsider(this.#nextDeadline);
    if (!always && before === after && draftsBefore === this.#drafts) return;
    for (const listener of [...this.#listeners]) listener();
  }

  #tellMisses(before: Board, after: Board): void {
    if (this.#missListeners.size === 0 || before.missed === after.missed) return;
    const wasOpen = new Set(before.upcoming.map(({ id }) => id));
    const missed = after.missed.filter(({ id }) => wasOpen.has(id));
    if (missed.length > 0) for (const tell of [...this.#missListeners]) tell(missed);
  }
}

/**
 * Whether the event ends the operation it names. A write to a task whose deadline had passed
 * unfired is preceded by `task.missed` under the same name; the write's own event is to come.
 */
function isEcho(event: StreamEvent): event is StreamEvent & { op_id: string } {
  return event.op_id !== null && event.type !== "task.missed";
}

/** Alike in everything a person can see; the bucket follows from the clock, not from the wire. */
function same(a: Named, b: Named): boolean {
  const [left, right] = [a, b] as unknown as readonly Readonly<Record<string, unknown>>[];
  return Object.keys(b).every((key) => key === "bucket" || alike(left?.[key], right?.[key]));
}

function alike(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

function byName(a: Label, b: Label): number {
  return a.name.localeCompare(b.name) || compare(a.id, b.id);
}
