import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { BUCKETS } from "@/shared/store/bucket";
import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { isBusy } from "../board/busy";
import { useWorkspace } from "../context";

const addDialog = part(() => import("../quick-add/AddDialog"));
const keyHelp = part(() => import("../board/KeyHelp"));
const palette = part(() => import("../palette/Palette"));

/**
 * What a person has at hand on every page of theirs but the board, which brings its own: a new task
 * (`q`), anything (⌘K), the list of keys (`?`), and the way to the board's buckets and search.
 */
export function Anywhere() {
  const { arrival, subject } = useWorkspace();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"add" | "help" | "palette" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (chord && event.key.toLowerCase() === "k") setOpen("palette");
      else if (chord || event.altKey || event.defaultPrevented || isBusy(event.target)) return;
      else if (event.key === "q") setOpen("add");
      else if (event.key === "?") setOpen("help");
      else {
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
  }, [arrival, navigate]);
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
  if (open === "help")
    return <keyHelp.Part of={{ board: false, onClose: close }} failed={failed} />;
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
