import { useEffect, useState } from "react";

import type { Clock } from "@/shared/clock/clock";
import { useClock } from "@/shared/clock/react";
import { ROOMY, useMedia, WIDE } from "@/shared/lib/media";
import { Observable } from "@/shared/lib/observable";
import { browserZone } from "@/shared/lib/zone";
import { BUCKETS } from "@/shared/store/bucket";
import { TaskStore } from "@/shared/store/store";
import { text } from "@/shared/text";
import { landing } from "@/shared/text/landing";

import type { Absence } from "../board/away";
import { Column } from "../board/Column";
import { Count } from "../board/Count";
import { NowLine } from "../board/NowLine";
import { Travel } from "../board/Travel";
import { useBoard, WorkspaceProvider } from "../context";
import type { WorkingHours } from "../deadline/slot";
import type { RowPlace } from "../frame/rows";
import type { Arrival, Asking, Connection, Subject, Wanted, Workspace } from "../workspace";
import { simulate } from "./simulation";

const IDLE = new Proxy({} as Workspace["commands"], { get: () => () => undefined });

/** Nobody can reach into the sample: it is there to be looked at. */
function sampleWorkspace(clock: Clock): Workspace {
  return {
    store: new TaskStore(clock),
    connection: new Observable<Connection>({ state: "live", reason: null }),
    subject: new Observable<Subject | null>(null),
    asking: new Observable<Asking | null>(null),
    away: new Observable<Absence | null>(null),
    arrival: new Observable<Arrival | null>(null),
    left: new Observable<RowPlace | null>(null),
    wanted: new Observable<Wanted | null>(null),
    viewer: "sample",
    zone: new Observable(browserZone()),
    hours: new Observable<WorkingHours | null>(null),
    commands: IDLE,
  };
}

/** The product at work, for those who have no account: a board whose tasks live by themselves. */
export function SampleBoard() {
  const clock = useClock();
  // On a phone fewer, so that what is missed is in sight.
  const roomy = useMedia(ROOMY);
  const [workspace] = useState(() => sampleWorkspace(clock));
  useEffect(() => {
    const stopTime = workspace.store.keepTime();
    const stopSample = simulate(workspace.store, clock, roomy ? 3 : 2);
    return () => {
      stopSample();
      stopTime();
    };
  }, [clock, roomy, workspace]);
  return (
    <div className="grid gap-3">
      <p className="text-meta text-muted">{landing.sample}</p>
      <div role="img" aria-label={landing.sampleLabel} inert>
        <WorkspaceProvider value={workspace}>
          <Sample />
        </WorkspaceProvider>
      </div>
    </div>
  );
}

function Sample() {
  const board = useBoard();
  const wide = useMedia(WIDE);
  // On a phone the two buckets between which things happen, one above the other.
  const buckets = wide ? BUCKETS : BUCKETS.slice(0, 2);
  return (
    <>
      <NowLine />
      <Travel board={board}>
        <div className="grid min-h-[34rem] content-start items-start gap-6 pt-3 wide:min-h-[24rem] wide:grid-cols-3">
          {buckets.map((bucket) => (
            <section key={bucket} className="grid gap-3">
              <p className="flex gap-2 font-semibold">
                {text.buckets[bucket]}
                <span className="text-muted">
                  <Count value={board[bucket].length} />
                </span>
              </p>
              <Column bucket={bucket} tasks={board[bucket]} />
            </section>
          ))}
        </div>
      </Travel>
    </>
  );
}
