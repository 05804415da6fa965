import { explain } from "@/shared/api/errors";
import { listOperations } from "@/shared/api/listOperations";
import type { LoggedOperation } from "@/shared/api/types";
import { Observable } from "@/shared/lib/observable";

const PAGE = 50;

export interface LogState {
  /** Newest first. */
  readonly operations: readonly LoggedOperation[];
  /** Where the next page begins; null where there is none. */
  readonly cursor: string | null;
  readonly busy: boolean;
  /** Whether a first page has come. */
  readonly ready: boolean;
  /** What went wrong, for a person; null if nothing did. */
  readonly problem: string | null;
}

const EMPTY: LogState = { operations: [], cursor: null, busy: false, ready: false, problem: null };

/** The operations of one person, as far as they were asked for. */
export class OperationLog {
  readonly state = new Observable<LogState>(EMPTY);
  #asking = false;
  #askAgain = false;

  /** Takes in what is new. Asked while it is under way, it asks once more afterwards. */
  async refresh(): Promise<void> {
    this.#askAgain = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#askAgain) {
      this.#askAgain = false;
      await this.#ask(null);
    }
    this.#asking = false;
  }

  async loadMore(): Promise<void> {
    const { cursor, busy } = this.state.get();
    if (cursor !== null && !busy) await this.#ask(cursor);
  }

  /** An operation was taken back. */
  undone(opId: string): void {
    this.#set({
      operations: this.state
        .get()
        .operations.map((one) =>
          one.op_id === opId
            ? { ...one, undoable: false, undone: true, obstacle: "undone" as const }
            : one,
        ),
    });
  }

  async #ask(cursor: string | null): Promise<void> {
    this.#set({ busy: true });
    try {
      const page = await listOperations(cursor, PAGE);
      const { operations, ready } = this.state.get();
      const known = new Set(operations.map(({ op_id }) => op_id));
      // More may have been done in between than a page holds; the old pages would leave a gap then.
      const joins = cursor !== null || page.results.some(({ op_id }) => known.has(op_id));
      const goesOn = ready && joins;
      this.#set({
        operations: merged(goesOn ? operations : [], page.results),
        cursor: goesOn && cursor === null ? this.state.get().cursor : page.next_cursor,
        ready: true,
        problem: null,
      });
    } catch (error) {
      this.#set({ problem: explain(error) });
    } finally {
      this.#set({ busy: false });
    }
  }

  #set(changed: Partial<LogState>): void {
    this.state.set({ ...this.state.get(), ...changed });
  }
}

/** Both, each once, newest first; where they differ the later answer counts. */
function merged(
  known: readonly LoggedOperation[],
  told: readonly LoggedOperation[],
): readonly LoggedOperation[] {
  const all = new Map([...known, ...told].map((one) => [one.op_id, one]));
  return [...all.values()].sort((a, b) =>
    a.at === b.at ? compare(b.op_id, a.op_id) : compare(b.at, a.at),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
