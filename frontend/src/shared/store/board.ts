import type { Task } from "@/shared/api/types";

import { type Bucket, bucketOf, BUCKETS, isKept } from "./bucket";
import { compare } from "./place";

/** The three buckets at one instant, in the order in which they are read. */
export interface Board extends Readonly<Record<Bucket, readonly Task[]>> {
  /** The next instant at which time alone changes the board; null if none. */
  readonly nextDeadline: number | null;
}

export const EMPTY_BOARD: Board = { upcoming: [], missed: [], completed: [], nextDeadline: null };

/** A task in its place: what it is sorted by is read once. */
interface Card {
  readonly task: Task;
  readonly bucket: Bucket;
  /** Its deadline, or, once it is completed, when that was; Infinity where there is none. */
  readonly at: number;
}

/** Beyond this many changes at once everything is sorted anew, which is quicker then. */
const ANEW_FROM = 200;

/**
 * The board, kept in order as tasks change: one change costs its own place, not another sorting of
 * ten thousand. Lists in which nothing has changed stay the same objects.
 */
export class Boards {
  readonly #cards = new Map<string, Card>();
  readonly #changed = new Map<string, Task | undefined>();
  #lists: Record<Bucket, Card[]> = { upcoming: [], missed: [], completed: [] };
  #board: Board = EMPTY_BOARD;
  #now = Number.NEGATIVE_INFINITY;

  /** A task is another than it was; undefined: it is there no more. */
  set(id: string, task: Task | undefined): void {
    this.#changed.set(id, task);
  }

  at(now: number): Board {
    const touched = new Set<Bucket>();
    // Cards cross one way only; where the clock was put back everything is looked at anew.
    if (now < this.#now || this.#changed.size > ANEW_FROM) this.#sortAnew(now, touched);
    else this.#follow(now, touched);
    this.#now = now;
    this.#changed.clear();
    return this.#publish(touched);
  }

  #sortAnew(now: number, touched: Set<Bucket>): void {
    const tasks = new Map(Array.from(this.#cards, ([id, { task }]) => [id, task]));
    for (const [id, task] of this.#changed) {
      if (task) tasks.set(id, task);
      else tasks.delete(id);
    }
    this.#cards.clear();
    this.#lists = { upcoming: [], missed: [], completed: [] };
    for (const [id, task] of tasks) {
      const card = cardOf(task, now);
      this.#cards.set(id, card);
      if (isKept(task, now)) this.#lists[card.bucket].push(card);
    }
    for (const bucket of BUCKETS) {
      this.#lists[bucket].sort(ORDER[bucket]);
      touched.add(bucket);
    }
  }

  #follow(now: number, touched: Set<Bucket>): void {
    for (const [id, task] of this.#changed) {
      const before = this.#cards.get(id);
      if (before) this.#take(before, touched);
      if (task) this.#put(cardOf(task, now), now, touched);
      else this.#cards.delete(id);
    }
    const { upcoming, completed } = this.#lists;
    // The soonest stand first, and what was completed longest ago last: the rest has nothing to do.
    for (let first = upcoming[0]; first && first.at <= now; first = upcoming[0]) {
      this.#take(first, touched);
      this.#put(cardOf(first.task, now), now, touched);
    }
    for (let last = completed.at(-1); last && !isKept(last.task, now); last = completed.at(-1)) {
      completed.pop();
      touched.add("completed");
    }
  }

  #take(card: Card, touched: Set<Bucket>): void {
    const list = this.#lists[card.bucket];
    const at = placeIn(list, card, ORDER[card.bucket]);
    // What is no longer shown, closed long ago, is not in its list.
    if (list[at] !== card) return;
    list.splice(at, 1);
    touched.add(card.bucket);
  }

  #put(card: Card, now: number, touched: Set<Bucket>): void {
    this.#cards.set(card.task.id, card);
    if (!isKept(card.task, now)) return;
    const list = this.#lists[card.bucket];
    list.splice(placeIn(list, card, ORDER[card.bucket]), 0, card);
    touched.add(card.bucket);
  }

  #publish(touched: ReadonlySet<Bucket>): Board {
    if (touched.size === 0) return this.#board;
    const before = this.#board;
    const list = (bucket: Bucket) =>
      touched.has(bucket)
        ? keep(
            before[bucket],
            this.#lists[bucket].map(({ task }) => task),
          )
        : before[bucket];
    const next = this.#lists.upcoming[0]?.at ?? Infinity;
    this.#board = {
      upcoming: list("upcoming"),
      missed: list("missed"),
      completed: list("completed"),
      nextDeadline: next === Infinity ? null : next,
    };
    return this.#board;
  }
}

/** The board of these tasks, sorted anew. */
export function boardAt(tasks: Iterable<Task>, now: number): Board {
  const boards = new Boards();
  for (const task of tasks) boards.set(task.id, task);
  return boards.at(now);
}

/** The old list where the new one says the same, so that nobody draws it again. */
export function keep<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const unchanged =
    before.length === after.length && before.every((one, index) => one === after[index]);
  return unchanged ? before : after;
}

function cardOf(task: Task, now: number): Card {
  const at = task.completed_at ?? task.deadline;
  return { task, bucket: bucketOf(task, now), at: at === null ? Infinity : Date.parse(at) };
}

type Order = (a: Card, b: Card) => number;

const ORDER: Readonly<Record<Bucket, Order>> = {
  /** Soonest first, without a deadline last; then the more important, then the older. */
  upcoming: (a, b) =>
    difference(a.at, b.at) || a.task.priority - b.task.priority || byAge(a.task, b.task),
  missed: (a, b) => difference(b.at, a.at) || byAge(a.task, b.task),
  completed: (a, b) => difference(b.at, a.at) || byAge(a.task, b.task),
};

function difference(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function byAge(a: Task, b: Task): number {
  return compare(a.created_at, b.created_at) || compare(a.id, b.id);
}

/** Where a card stands in a list, or would. */
function placeIn(list: readonly Card[], card: Card, order: Order): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other && order(other, card) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
