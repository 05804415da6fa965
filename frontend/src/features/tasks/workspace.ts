import { carryOut } from "@/shared/api/carryOut";
import { isSignedIn } from "@/shared/api/isSignedIn";
import type { Clock } from "@/shared/clock/clock";
import { Observable } from "@/shared/lib/observable";
import { systemTimers } from "@/shared/lib/timers";
import { browserParts, followBrowser, streamUrl } from "@/shared/socket/browser";
import { Stream } from "@/shared/socket/stream";
import type { ConnectionState, StopReason } from "@/shared/socket/types";
import type { Bucket } from "@/shared/store/bucket";
import { Keeper } from "@/shared/store/keep/keeper";
import { Operations } from "@/shared/store/operations";
import { TaskStore } from "@/shared/store/store";
import { clearToasts } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";

import type { Absence } from "./board/away";
import { type Commands, makeCommands, tellRefusal } from "./commands";
import type { Deadline } from "./deadline/deadline";
import type { WorkingHours } from "./deadline/slot";
import type { RowPlace } from "./frame/rows";

export interface Connection {
  readonly state: ConnectionState;
  readonly reason: StopReason | null;
}

/** What is to be broken down: a task, a goal that is none yet, or a draft that was begun. */
export type Subject =
  | { readonly taskId: string }
  | { readonly draftId: string }
  | {
      readonly goal: string;
      readonly deadline: Deadline;
      /** The goal is in the planner's hands. */
      readonly started: () => void;
    };

/** Where on the board somebody goes who comes from another page. */
export type Arrival = Bucket | "search";

/** What lies over any page: the line that finds and does anything, or the list of keys. */
export type Wanted = "palette" | "help";

/** Tasks that are to get another deadline, and what the choice stands beside. */
export interface Asking {
  readonly ids: readonly string[];
  readonly anchor: HTMLElement | null;
}

/** What every part of the board works with: one person's tasks, and what can be done with them. */
export interface Workspace {
  readonly store: TaskStore;
  readonly commands: Commands;
  readonly connection: Observable<Connection>;
  /** What the planner is open with; null while it is closed. */
  readonly subject: Observable<Subject | null>;
  /** Which tasks another deadline is asked for; null while none is. */
  readonly asking: Observable<Asking | null>;
  /** When nobody looked at the page, where that is not dealt with; else null. */
  readonly away: Observable<Absence | null>;
  /** Where the board is to begin when it is drawn next; null for where it is. */
  readonly arrival: Observable<Arrival | null>;
  /** The row of another page where the person was last; null before the first. */
  readonly left: Observable<RowPlace | null>;
  /** What the frame's own buttons ask the page to open; null once it has. */
  readonly wanted: Observable<Wanted | null>;
  /** Whose workspace it is; what the browser remembers is kept apart by it. */
  readonly viewer: string;
  /** The zone in which this person reads and writes times. */
  readonly zone: Observable<string>;
  /** When this person works; null for the usual hours. */
  readonly hours: Observable<WorkingHours | null>;
}

interface LiveOptions {
  readonly clock: Clock;
  readonly viewer: string;
  readonly zone: string;
  readonly hours: WorkingHours | null;
  readonly sessionEnded: () => void;
}

/** Beyond this the page begins with what the server says. */
const STORE_PATIENCE_MS = 1_000;

/** A workspace fed by the server from `open` on, until the function which that returns is called. */
export interface LiveWorkspace extends Workspace {
  open: () => () => void;
  /** Whether changes that wait outlive this window. */
  keepsChanges: () => boolean;
}

export function makeWorkspace(options: LiveOptions): LiveWorkspace {
  const { clock, viewer, sessionEnded } = options;
  const zone = new Observable(options.zone);
  const store = new TaskStore(clock);
  const connection = new Observable<Connection>({ state: "connecting", reason: null });
  let keeper: Keeper | null = null;
  const operations = new Operations({
    store,
    timers: systemTimers,
    random: Math.random,
    now: () => clock.now(),
    send: carryOut,
    refused: tellRefusal,
    reached: () => {
      stream.wake();
    },
    sessionEnded,
  });
  /** Windows that are gone may have left changes that were never sent. */
  const takeOver = async () => {
    operations.adopt((await keeper?.takeOrphans()) ?? []);
  };
  const stream: Stream = new Stream({
    ...browserParts,
    url: streamUrl(window.location),
    name: viewer,
    isOurs: () => isSignedIn(viewer),
    handlers: {
      connection: (state) => {
        connection.set({ state, reason: null });
        if (state !== "live") return;
        operations.wake();
        void takeOver();
      },
      snapshot: (cursor, items) => {
        store.replace(cursor, items);
      },
      events: (events) => {
        store.apply(events);
      },
      head: (seq) => {
        store.headTold(seq);
      },
      serverTime: (time, askedAt) => {
        clock.observe(time, askedAt);
      },
      stopped: (reason) => {
        connection.set({ state: "stopped", reason });
        if (reason === "session") sessionEnded();
      },
    },
  });
  const keep = () =>
    Keeper.open({
      viewer,
      store,
      timers: systemTimers,
      locks: (navigator as Partial<Navigator>).locks,
      lost: () => {
        operations.keepIn(null);
      },
      orphaned: () => void takeOver(),
    });
  return {
    store,
    connection,
    subject: new Observable<Subject | null>(null),
    asking: new Observable<Asking | null>(null),
    away: new Observable<Absence | null>(null),
    arrival: new Observable<Arrival | null>(null),
    left: new Observable<RowPlace | null>(null),
    wanted: new Observable<Wanted | null>(null),
    viewer,
    zone,
    hours: new Observable(options.hours),
    commands: makeCommands({ clock, store, operations, zone: zone.get }),
    keepsChanges: () => keeper?.keepsChanges ?? false,
    open: () => {
      let closed = false;
      const stopTime = store.keepTime();
      const stopFollowing = followBrowser(stream);
      operations.start();
      const opened = keep().then(async (found) => {
        if (closed) {
          await found?.close();
          return;
        }
        keeper = found;
        if (keeper?.found && !store.isReady()) {
          store.restore(keeper.found.cursor, keeper.found.items);
          stream.startAt(keeper.found.cursor);
        }
        operations.keepIn(keeper);
        await takeOver();
      });
      // Whatever the browser's store is at, nobody waits for it long.
      const patience = new Promise<void>((resolve) => setTimeout(resolve, STORE_PATIENCE_MS));
      void Promise.race([opened, patience]).then(() => {
        if (!closed) stream.start();
      });
      const flush = () => void keeper?.flush();
      window.addEventListener("pagehide", flush);
      return () => {
        closed = true;
        stream.stop();
        operations.stop();
        operations.keepIn(null);
        window.removeEventListener("pagehide", flush);
        stopFollowing();
        stopTime();
        void keeper?.close();
        keeper = null;
        undos.clear();
        clearToasts();
      };
    },
  };
}
