import { type ReactNode, useCallback, useRef, useState } from "react";
import { flushSync } from "react-dom";

import { useMedia, WIDE } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import { useDraftsOf, useReadyOf } from "@/shared/store/react";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { useBoard, useWorkspace } from "../context";
import { noDeadline, type Preset } from "../deadline/deadline";
import { QuickAdd } from "../quick-add/QuickAdd";
import { Announcer } from "./Announcer";
import { AwayLine } from "./AwayLine";
import { Column } from "./Column";
import { Columns } from "./Columns";
import { ConnectionNote } from "./ConnectionNote";
import { Empty } from "./Empty";
import { Loading } from "./Loading";
import { NowLine } from "./NowLine";
import { Tabs } from "./Tabs";
import { Travel } from "./Travel";
import { useKeys } from "./useKeys";

const keyHelp = part(() => import("./KeyHelp"));
const planner = part(() => import("../breakdown/Planner"));
const waitingPlans = part(() => import("../breakdown/WaitingPlans"));

interface BoardPageProps {
  /** The task that is open beside the board (wide) or over it (phone). */
  readonly detail: ReactNode | null;
  /** Whether an open task lies over the board rather than beside it. */
  readonly modal: boolean;
  /** Told of the plan that is open; null once there is none. */
  readonly onPlan: (id: string | null) => void;
}

export function BoardPage({ detail, modal, onPlan }: BoardPageProps) {
  const { store, subject: opened } = useWorkspace();
  const board = useBoard();
  const ready = useReadyOf(store);
  const drafts = useDraftsOf(store);
  const subject = useObservable(opened);
  const wide = useMedia(WIDE);
  const [bucket, setBucket] = useState<Bucket>("upcoming");
  const [choice, setChoice] = useState(noDeadline);
  const [help, setHelp] = useState(false);
  const quickAdd = useRef<HTMLInputElement>(null);
  const show = useCallback((wanted: Bucket) => {
    // At once, for a phone draws the bucket's cards only now, and the focus is to go to one.
    flushSync(() => {
      setBucket(wanted);
    });
    const card = `[data-column="${wanted}"] [data-control="title"]`;
    const tab = `[data-travel-to="${wanted}"]`;
    (
      document.querySelector<HTMLElement>(card) ?? document.querySelector<HTMLElement>(tab)
    )?.focus();
  }, []);
  const begin = (preset: Preset) => {
    setChoice(preset);
    quickAdd.current?.focus();
  };
  const closeHelp = () => {
    setHelp(false);
  };
  const closePlanner = () => {
    opened.set(null);
    onPlan(null);
  };
  const covered = detail !== null && modal;
  const line = <QuickAdd inputRef={quickAdd} choice={choice} onChoose={setChoice} />;
  useKeys({
    quickAdd,
    onBucket: show,
    onHelp: useCallback(() => {
      setHelp(true);
    }, []),
  });
  const top = (
    <>
      <h1 className="sr-only">{text.board.title}</h1>
      <ConnectionNote />
      <AwayLine
        onReview={() => {
          show("missed");
        }}
      />
      {drafts.length > 0 && <waitingPlans.Part of={{ drafts }} failed={() => null} />}
    </>
  );
  return (
    <>
      <Announcer />
      {wide ? (
        <div className={`mx-auto flex max-w-[1280px] gap-8 px-8 ${detail ? "xl:pr-[440px]" : ""}`}>
          <main
            inert={covered}
            className="grid min-w-0 flex-1 grid-cols-1 content-start gap-4 pt-6 pb-24"
          >
            {line}
            {top}
            {ready ? (
              <Travel board={board}>
                <Columns board={board} onBegin={begin} />
              </Travel>
            ) : (
              <Loading />
            )}
          </main>
          {detail}
        </div>
      ) : (
        <>
          {/* What lies under the open sheet is out of reach. */}
          <div inert={covered}>
            <main className="mx-auto grid max-w-[640px] grid-cols-1 gap-3 px-4 pt-3 pb-44">
              {top}
              <NowLine />
              <div
                id="bucket"
                role="tabpanel"
                aria-labelledby={`tab-${bucket}`}
                data-column={bucket}
              >
                <h2 className="sr-only">{text.buckets[bucket]}</h2>
                {ready ? (
                  <Travel board={board}>
                    <Column
                      key={bucket}
                      bucket={bucket}
                      tasks={board[bucket]}
                      empty={<Empty bucket={bucket} onBegin={begin} />}
                    />
                  </Travel>
                ) : (
                  <Loading />
                )}
              </div>
            </main>
            <div
              data-dock=""
              className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)]"
            >
              <div className="mx-auto max-w-[640px]">
                <div className="px-3 pt-2">{line}</div>
                <nav aria-label={text.buckets.label}>
                  <Tabs board={board} chosen={bucket} onChoose={setBucket} />
                </nav>
              </div>
            </div>
          </div>
          {detail}
        </>
      )}
      {subject && (
        <planner.Part
          of={{ subject, onDraft: onPlan, onClose: closePlanner }}
          failed={() => <Unopened onClose={closePlanner} />}
        />
      )}
      {help && (
        <keyHelp.Part of={{ onClose: closeHelp }} failed={() => <Unopened onClose={closeHelp} />} />
      )}
    </>
  );
}
