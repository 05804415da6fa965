import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import { isBusy } from "../board/busy";
import { useWorkspace } from "../context";

const addDialog = part(() => import("../quick-add/AddDialog"));
const keyHelp = part(() => import("../board/KeyHelp"));
const palette = part(() => import("../palette/Palette"));

/**
 * What a person has at hand on every page of theirs but the board, which brings its own: a new task
 * (`q`), anything (⌘K) and the list of keys (`?`).
 */
export function Anywhere() {
  const { subject } = useWorkspace();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"add" | "help" | "palette" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (chord && event.key.toLowerCase() === "k") setOpen("palette");
      else if (chord || event.altKey || event.defaultPrevented || isBusy(event.target)) return;
      else if (event.key === "q") setOpen("add");
      else if (event.key === "?") setOpen("help");
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, []);
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
  if (open === "help") return <keyHelp.Part of={{ onClose: close }} failed={failed} />;
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
