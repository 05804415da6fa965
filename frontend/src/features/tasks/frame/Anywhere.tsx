import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { BUCKETS } from "@/shared/store/bucket";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { isBusy } from "../board/busy";
import { useWorkspace } from "../context";
import { RescheduleAsked } from "../selection/RescheduleAsked";

const addDialog = part(() => import("../quick-add/AddDialog"));
const keyHelp = part(() => import("../board/KeyHelp"));
const palette = part(() => import("../palette/Palette"));

/** A row of another page that stands for a task, by its id. */
const ROW = "main [data-task]";

/**
 * What a person has at hand on every page of theirs but the board, which brings its own: a new task
 * (`q`), anything (⌘K), the list of keys (`?`), another deadline for the task at hand (`t`), and the
 * way to the board's buckets and search.
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
  const { arrival, asking, subject } = useWorkspace();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"add" | "help" | "palette" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (chord && event.key.toLowerCase() === "k") setOpen("palette");
      else if (chord || event.altKey || event.defaultPrevented || isBusy(event.target)) return;
      else if (event.key === "q") setOpen("add");
      else if (event.key === "?") setOpen("help");
      else if (event.key === "t") {
        const anchor = document.activeElement as HTMLElement | null;
        const id = anchor?.closest<HTMLElement>(ROW)?.dataset.task;
        if (id === undefined) return;
        asking.set({ ids: [id], anchor });
      } else {
        const wanted = event.key === "/" ? "search" : BUCKETS[Number(event.key) - 1];
        if (!wanted) return;
        arrival.set(wanted);
        void navigate({ to: "/" });
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [arrival, asking, navigate]);
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
      void navigate({ to: "/tasks/$taskId", params: { taskId } });
    };
    return <addDialog.Part of={{ onClose: close, onOpen: openTask }} failed={failed} />;
  }
  return null;
}
