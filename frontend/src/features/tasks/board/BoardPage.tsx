import { type ReactNode, useCallback, useRef, useState } from "react";

import { useMedia, WIDE } from "@/shared/lib/media";
import { useReadyOf } from "@/shared/store/react";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import { useBoard, useWorkspace } from "../context";
import { QuickAdd } from "../quick-add/QuickAdd";
import { Announcer } from "./Announcer";
import { AwayLine } from "./AwayLine";
import { Column } from "./Column";
import { Columns } from "./Columns";
import { ConnectionNote } from "./ConnectionNote";
import { Empty } from "./Empty";
import { KeyHelp } from "./KeyHelp";
import { Loading } from "./Loading";
import { NowLine } from "./NowLine";
import { Tabs } from "./Tabs";
import { Travel } from "./Travel";
import { useKeys } from "./useKeys";

interface BoardPageProps {
  /** The task that is open beside the board (wide) or over it (phone). */
  readonly detail: ReactNode | null;
}

export function BoardPage({ detail }: BoardPageProps) {
  const { store } = useWorkspace();
  const board = useBoard();
  const ready = useReadyOf(store);
  const wide = useMedia(WIDE);
  const [bucket, setBucket] = useState<Bucket>("upcoming");
  const [help, setHelp] = useState(false);
  const quickAdd = useRef<HTMLInputElement>(null);
  const show = useCallback((wanted: Bucket) => {
    setBucket(wanted);
    const column = document.querySelector(`[data-column="${wanted}"]`);
    column?.querySelector<HTMLElement>('[data-control="title"]')?.focus();
  }, []);
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
    </>
  );
  return (
    <>
      <Announcer />
      {wide ? (
        <div className={`mx-auto flex max-w-[1280px] gap-8 px-8 ${detail ? "xl:pr-[440px]" : ""}`}>
          <main className="grid min-w-0 flex-1 content-start gap-4 pt-6 pb-24">
            <QuickAdd inputRef={quickAdd} />
            {top}
            {ready ? (
              <Travel board={board}>
                <Columns board={board} />
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
          <div inert={detail !== null}>
            <main className="mx-auto grid max-w-[640px] gap-3 px-4 pt-3 pb-44">
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
                      empty={<Empty bucket={bucket} />}
                    />
                  </Travel>
                ) : (
                  <Loading />
                )}
              </div>
            </main>
            <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)]">
              <div className="mx-auto max-w-[640px]">
                <div className="px-3 pt-2">
                  <QuickAdd inputRef={quickAdd} />
                </div>
                <nav aria-label={text.buckets.label}>
                  <Tabs board={board} chosen={bucket} onChoose={setBucket} />
                </nav>
              </div>
            </div>
          </div>
          {detail}
        </>
      )}
      <KeyHelp
        open={help}
        onClose={() => {
          setHelp(false);
        }}
      />
    </>
  );
}
