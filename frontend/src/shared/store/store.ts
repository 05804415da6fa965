import type { Breakdown, Task } from "@/shared/api/types";
import type { Clock } from "@/shared/clock/clock";
import type { Cursor, SnapshotItem, StreamEvent } from "@/shared/socket/frames";

import { type Board, boardAt, EMPTY_BOARD } from "./board";
import { draftsAt } from "./draft";
import { type Change, Overlay } from "./overlay";
import { Replica } from "./replica";

type Listener = () => void;
/** Tasks that have just gone from upcoming to missed, before anyone has drawn it. */
export type MissListener = (missed: readonly Task[]) => void;

/**
 * The tasks and plans as the page shows them: the replica, the person's own changes over it, and the clock.
 * A card crosses to Missed when the clock passes its deadline or when the server says that it has,
 * whichever is first; the other then finds nothing left to do.
 */
export class TaskStore {
  readonly #clock: Clock;
  readonly #replica = new Replica();
  readonly #overlay = new Overlay();
  readonly #visible = new Map<string, Task>();
  /** Tasks read one by one, such as those closed too long ago for the snapshot. */
  readonly #adopted = new Map<string, Task>();
  readonly #listeners = new Set<Listener>();
  readonly #missListeners = new Set<MissListener>();
  #board: Board = EMPTY_BOARD;
  #drafts: readonly Breakdown[] = [];
  #ready = false;
  #unanswered = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets cards cross as time passes, until the function it returns is called. */
  keepTime(): () => void {
    return this.#clock.watch(
      () => this.#board.nextDeadline,
      () => {
        this.#publish();
      },
    );
  }

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
    return this.#visible.get(id);
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
    this.#overlay.prune(cursor.seq, this.#replica.tasks);
    const before = new Map(this.#visible);
    this.#visible.clear();
    const ids = new Set([...this.#replica.tasks.keys(), ...this.#overlay.taskIds()]);
    for (const id of ids) this.#refresh(id, before.get(id));
    const first = !this.#ready;
    this.#ready = true;
    this.#publish(!first);
  }

  apply(events: readonly StreamEvent[]): void {
    for (const event of events) {
      // Deadlines fire at their instant: that the event is here proves that the instant has come.
      this.#clock.atLeast(Date.parse(event.at));
      const changed = this.#replica.apply(event);
      if (changed !== null) this.#adopted.delete(changed);
      const echoed = isEcho(event) ? this.#overlay.remove(event.op_id) : null;
      for (const id of new Set([changed, echoed])) if (id !== null) this.#refresh(id);
    }
    this.#prune();
    this.#publish();
  }

  headTold(head: number): void {
    this.#overlay.gateAt(head, this.#clock.now());
    this.#prune();
    this.#publish();
  }

  /** Takes in a task that was read by itself and that the stream does not carry. */
  adopt(task: Task): void {
    if (this.#replica.tasks.has(task.id)) return;
    this.#adopted.set(task.id, task);
    this.#refresh(task.id);
    this.#publish();
  }

  /** Takes in a breakdown that the server has answered, ahead of the stream. */
  takeDraft(draft: Breakdown): void {
    this.#replica.take(draft);
    this.#publish();
  }

  // What the person does.

  begin(opId: string, taskId: string, change: Change): void {
    this.#overlay.add(opId, taskId, change);
    this.#refresh(taskId);
    this.#publish();
  }

  /** The server accepted: `task` as it answered, or null where nothing is left of it. */
  answered(opId: string, task: Task | null): void {
    const id = this.#overlay.answer(opId, task, this.#clock.now());
    if (id === null) return;
    this.#refresh(id);
    this.#prune();
    this.#publish();
  }

  /** The server refused: the task stands as it was. */
  refused(opId: string): void {
    const id = this.#overlay.remove(opId);
    if (id === null) return;
    this.#refresh(id);
    this.#publish();
  }

  #prune(): void {
    const seq = this.#replica.cursor?.seq ?? 0;
    for (const id of this.#overlay.prune(seq, this.#replica.tasks)) this.#refresh(id);
  }

  #refresh(id: string, before = this.#visible.get(id)): void {
    const confirmed = this.#replica.tasks.get(id) ?? this.#adopted.get(id);
    const task = this.#overlay.over(id, confirmed);
    if (!task) this.#visible.delete(id);
    else this.#visible.set(id, before && same(before, task) ? before : task);
  }

  #publish(tellMisses = true): void {
    const before = this.#board;
    const now = this.#clock.now();
    const after = boardAt(this.#visible.values(), now);
    this.#unanswered = this.#overlay.unanswered;
    this.#board = {
      upcoming: keep(before.upcoming, after.upcoming),
      missed: keep(before.missed, after.missed),
      completed: keep(before.completed, after.completed),
      nextDeadline: after.nextDeadline,
    };
    this.#drafts = keep(this.#drafts, draftsAt(this.#replica.drafts.values(), now));
    if (tellMisses) this.#tellMisses(before, this.#board);
    if (before.nextDeadline !== after.nextDeadline) this.#clock.reconsider();
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

/** The old list where the new one says the same, so that nobody draws it again. */
function keep<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const unchanged =
    before.length === after.length && before.every((one, index) => one === after[index]);
  return unchanged ? before : after;
}

/** Alike in everything a person can see; the bucket follows from the clock, not from the wire. */
function same(a: Task, b: Task): boolean {
  const keys = Object.keys(b) as (keyof Task)[];
  return keys.every((key) => key === "bucket" || a[key] === b[key]);
}
