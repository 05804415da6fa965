import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useDeferredValue, useEffect, useRef, useState } from "react";

import { FINGERS, useMedia, WIDE } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import type { Bucket } from "@/shared/store/bucket";
import { useDraftsOf, useReadyOf } from "@/shared/store/react";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { useWanted, useWorkspace } from "../context";
import { noDeadline, type Preset } from "../deadline/deadline";
import { Dragging } from "../drag/Dragging";
import { QuickAdd } from "../quick-add/QuickAdd";
import { RescheduleAsked } from "../selection/RescheduleAsked";
import { SelectionBar } from "../selection/SelectionBar";
import { Toolbar } from "../view/Toolbar";
import { useTaskSearch } from "../view/useTaskSearch";
import type { View } from "../view/view";
import { AwayLine } from "./AwayLine";
import { Columns } from "./Columns";
import { ConnectionNote } from "./ConnectionNote";
import { Hands, HandsProvider, useHands, ViewProvider } from "./hands";
import { HandsAnnouncer } from "./HandsAnnouncer";
import { OnlyInSight } from "./OnlyInSight";
import { Loading } from "./Loading";
import { PhoneColumn } from "./PhoneColumn";
import { PlaceNote, useIsGone } from "./PlaceNote";
import { useKeys } from "./useKeys";

const addDialog = part(() => import("../quick-add/AddDialog"), { takesKeys: true });
const keyHelp = part(() => import("./KeyHelp"), { takesKeys: true });
const palette = part(() => import("../palette/Palette"), { takesKeys: true });
const planner = part(() => import("../breakdown/Planner"), { takesKeys: true });
const waitingPlans = part(() => import("../breakdown/WaitingPlans"));
const swipe = part(() => import("../swipe/Swipe"));
const elsewhere = part(() => import("../view/Elsewhere"));

interface BoardPageProps {
  /** What it is about. */
  readonly view: View;
  /** What that is called. */
  readonly title: string;
  /** The bucket that a phone shows. */
  readonly bucket: Bucket;
  readonly onBucket: (bucket: Bucket) => void;
  /** The task that is open beside the board (wide) or over it (phone). */
  readonly detail: ReactNode | null;
  /** Closes it, and stays on the board. */
  readonly onLeave: () => void;
  /** Whether an open task lies over the board rather than beside it. */
  readonly modal: boolean;
  /** Told of the plan that is open; null once there is none. */
  readonly onPlan: (id: string | null) => void;
}

export function BoardPage(props: BoardPageProps) {
  const [hands] = useState(() => new Hands());
  return (
    <HandsProvider value={hands}>
      <ViewProvider value={props.view}>
        <Page {...props} />
      </ViewProvider>
    </HandsProvider>
  );
}

function Page(props: BoardPageProps) {
  const { view, title, bucket, onBucket, detail, onLeave, modal, onPlan } = props;
  const { arrival, store, subject: opened } = useWorkspace();
  const navigate = useNavigate();
  const hands = useHands();
  // The cards come in pieces, between which the browser can breathe; the frame stands before them.
  const ready = useDeferredValue(useReadyOf(store));
  const gone = useIsGone();
  const drafts = useDraftsOf(store);
  const subject = useObservable(opened);
  const wide = useMedia(WIDE);
  const fingers = useMedia(FINGERS);
  const [choice, setChoice] = useState(noDeadline);
  const [open, setOpen] = useState<"add" | "help" | "palette" | null>(null);
  useWanted(setOpen);
  const quickAdd = useRef<HTMLInputElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const placeKey = Object.values(view.place).join(" ");
  const show = useShow(bucket, onBucket, wide);
  const begin = useCallback((preset: Preset) => {
    setChoice(preset);
    quickAdd.current?.focus();
  }, []);
  const close = useCallback(() => {
    setOpen(null);
  }, []);
  const closePlanner = () => {
    opened.set(null);
    onPlan(null);
  };
  useEffect(() => {
    hands.unmark();
  }, [hands, placeKey]);
  useEffect(() => {
    const wanted = arrival.get();
    if (wanted === null || !ready) return;
    arrival.set(null);
    // A card that takes the focus is drawn at once, which an effect can't have.
    queueMicrotask(() => {
      if (wanted === "search") search.current?.focus();
      else show(wanted);
    });
  }, [arrival, ready, show]);
  const covered = detail !== null && modal;
  const behind = useTaskSearch();
  const openTask = useCallback(
    (taskId: string, replace: boolean) =>
      void navigate({ to: "/tasks/$taskId", params: { taskId }, search: behind, replace }),
    [behind, navigate],
  );
  // A walk along the tasks is one step of the way back.
  const goOn = useCallback(
    (id: string) => {
      openTask(id, true);
    },
    [openTask],
  );
  const add = useCallback(() => {
    if (covered) setOpen("add");
    else quickAdd.current?.focus();
  }, [covered]);
  useKeys({
    onAdd: add,
    search,
    onBucket: show,
    onHelp: useCallback(() => {
      setOpen("help");
    }, []),
    onPalette: useCallback(() => {
      setOpen("palette");
    }, []),
    onOpen: covered ? goOn : null,
    onLeave: detail !== null && !modal ? onLeave : null,
  });
  const line = <QuickAdd inputRef={quickAdd} choice={choice} onChoose={setChoice} />;
  const top = (
    <>
      <ConnectionNote />
      <PlaceNote />
      <AwayLine
        onReview={() => {
          show("missed");
        }}
      />
      {drafts.length > 0 && <waitingPlans.Part of={{ drafts }} failed={() => null} />}
    </>
  );
  const found = view.filter.q.trim().length > 1 && (
    <elsewhere.Part of={{ q: view.filter.q }} failed={() => null} />
  );
  return (
    <>
      <HandsAnnouncer />
      <OnlyInSight />
      {wide ? (
        <div className={detail && !modal ? "pr-[420px]" : ""}>
          <main inert={covered} className="grid grid-cols-1 content-start gap-4 px-6 pt-5 pb-28">
            {line}
            <Toolbar title={title} searchRef={search} />
            {top}
            {ready ? !gone && <Columns onBegin={begin} /> : <Loading />}
            {found}
          </main>
          {detail}
        </div>
      ) : (
        <>
          {/* What lies under the open sheet is out of reach. */}
          <div inert={covered}>
            <main className="group/board mx-auto grid max-w-[640px] grid-cols-1 gap-3 px-4 pt-2 pb-44 has-[[data-note]]:pb-64">
              <Toolbar title={title} searchRef={search} />
              {top}
              {ready ? !gone && <PhoneColumn bucket={bucket} onBegin={begin} /> : <Loading />}
              {found}
            </main>
            <div
              data-dock=""
              className="fixed inset-x-0 bottom-[calc(57px+env(safe-area-inset-bottom))] z-30 border-t border-line bg-paper"
            >
              <div className="mx-auto max-w-[640px] px-3 py-2">{line}</div>
            </div>
          </div>
          {detail}
        </>
      )}
      <Dragging />
      {fingers && <swipe.Part of={{}} failed={() => null} />}
      <SelectionBar />
      <RescheduleAsked />
      {subject && (
        <planner.Part
          of={{ subject, onDraft: onPlan, onClose: closePlanner }}
          failed={() => <Unopened onClose={closePlanner} />}
        />
      )}
      {open === "help" && (
        <keyHelp.Part
          of={{ on: "board", onClose: close }}
          failed={() => <Unopened onClose={close} />}
        />
      )}
      {open === "add" && (
        <addDialog.Part
          of={{
            onClose: close,
            onOpen: (taskId) => {
              openTask(taskId, false);
            },
          }}
          failed={() => <Unopened onClose={close} />}
        />
      )}
      {open === "palette" && (
        <palette.Part
          of={{
            onClose: close,
            onAdd: add,
            onHelp: () => {
              setOpen("help");
            },
          }}
          failed={() => <Unopened onClose={close} />}
        />
      )}
    </>
  );
}

/** Goes to a bucket's first card; a phone has to draw the bucket before that. */
function useShow(bucket: Bucket, onBucket: (bucket: Bucket) => void, wide: boolean) {
  const { lists } = useHands();
  const wanted = useRef<Bucket | null>(null);
  const focusFirst = useCallback(
    (one: Bucket) => {
      const [first] = lists.ids(one);
      if (first !== undefined && lists.focus(first)) return;
      document.querySelector<HTMLElement>(`[data-travel-to="${one}"]`)?.focus();
    },
    [lists],
  );
  useEffect(() => {
    if (wanted.current !== bucket) return;
    wanted.current = null;
    focusFirst(bucket);
  }, [bucket, focusFirst]);
  return useCallback(
    (one: Bucket) => {
      if (wide || one === bucket) focusFirst(one);
      else {
        wanted.current = one;
        onBucket(one);
      }
    },
    [bucket, focusFirst, onBucket, wide],
  );
}
