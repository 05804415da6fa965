import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import type { Task } from "@/shared/api/types";
import { BUCKETS } from "@/shared/store/bucket";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { isBusy } from "../board/busy";
import { useWanted, useWorkspace } from "../context";
import { RescheduleAsked } from "../selection/RescheduleAsked";
import { useComplete } from "../useComplete";
import { useTaskSearch } from "../view/useTaskSearch";
import { allRows, focusRow, placeOf, ROW, rowOf } from "./rows";

const addDialog = part(() => import("../quick-add/AddDialog"), { takesKeys: true });
const keyHelp = part(() => import("../board/KeyHelp"), { takesKeys: true });
const palette = part(() => import("../palette/Palette"), { takesKeys: true });

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/**
 * What a person has at hand on every page of theirs but the board, which brings its own: a new task
 * (`q`), anything (⌘K), the list of keys (`?`), the way to the board's buckets and search; and where
 * rows stand for tasks the way along them (`j`, `k`), and what the board's keys do to one (`e`, `t`, `b`).
 */
export function Anywhere() {
  return (
    <>
      <RescheduleAsked />
      <ByKey />
    </>
  );
}

function ByKey() {
  const { arrival, asking, left, store, subject } = useWorkspace();
  const complete = useComplete();
  const navigate = useNavigate();
  const search = useTaskSearch();
  const [open, setOpen] = useState<"add" | "help" | "palette" | null>(null);
  useWanted(setOpen);
  useEffect(() => {
    const onTask: Readonly<Record<string, (task: Task, anchor: HTMLElement) => void>> = {
      e: complete,
      t: (task, anchor) => {
        asking.set({ ids: [task.id], anchor });
      },
      b: (task) => {
        subject.set({ taskId: task.id });
      },
    };
    const press = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (chord && event.key.toLowerCase() === "k") setOpen("palette");
      else if (chord || event.altKey || event.defaultPrevented || isBusy(event.target)) return;
      else if (event.key === "q") setOpen("add");
      else if (event.key === "?") setOpen("help");
      else {
        const row = rowOf(document.activeElement);
        const step = STEPS[event.key];
        const run = onTask[event.key];
        if (step !== undefined) {
          // Where no row is at hand, arrows scroll as ever.
          if (!row && event.key.startsWith("Arrow")) return;
          if (!goOn(row, step)) return;
        } else if (run) {
          const task = row && store.getTask(row.dataset.task ?? "");
          if (!task) return;
          run(task, document.activeElement as HTMLElement);
        } else {
          const wanted = event.key === "/" ? "search" : BUCKETS[Number(event.key) - 1];
          if (!wanted) return;
          arrival.set(wanted);
          void navigate({ to: "/" });
        }
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [arrival, asking, complete, navigate, store, subject]);
  useEffect(() => {
    // Not every browser gives a link the focus that is pressed.
    const ways = ["focusin", "click"];
    const note = ({ target }: Event) => {
      const row = rowOf(target as Element);
      if (row) left.set(placeOf(row));
    };
    for (const way of ways) document.addEventListener(way, note);
    return () => {
      for (const way of ways) document.removeEventListener(way, note);
    };
  }, [left]);
  useEffect(
    () =>
      // The planner lies over the board.
      subject.subscribe(() => {
        if (subject.get() !== null) void navigate({ to: "/" });
      }),
    [navigate, subject],
  );
  const close = useCallback(() => {
    setOpen(null);
  }, []);
  const failed = () => <Unopened onClose={close} />;
  if (open === "help") {
    const on = document.querySelector(ROW) ? "rows" : "others";
    return <keyHelp.Part of={{ on, onClose: close }} failed={failed} />;
  }
  if (open === "palette") {
    const show = (what: "add" | "help") => () => {
      setOpen(what);
    };
    return (
      <palette.Part
        of={{ onClose: close, onAdd: show("add"), onHelp: show("help") }}
        failed={failed}
      />
    );
  }
  if (open === "add") {
    const openTask = (taskId: string) => {
      void navigate({ to: "/tasks/$taskId", params: { taskId }, search });
    };
    return <addDialog.Part of={{ onClose: close, onOpen: openTask }} failed={failed} />;
  }
  return null;
}

/** Moves the focus to the next row, or the one before, or from nowhere to the first; tells whether there are rows. */
function goOn(from: HTMLElement | null, step: 1 | -1): boolean {
  const rows = allRows();
  focusRow(from ? rows[rows.indexOf(from) + step] : rows[0]);
  return rows.length > 0;
}
