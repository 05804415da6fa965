import { type RefObject, useEffect } from "react";

import { type Bucket, BUCKETS } from "@/shared/store/bucket";

import { useWorkspace } from "../context";

interface Keys {
  readonly quickAdd: RefObject<HTMLInputElement | null>;
  readonly onBucket: (bucket: Bucket) => void;
  readonly onHelp: () => void;
}

/** The board's keys. They rest while something is typed and while a menu or dialog is open. */
export function useKeys({ quickAdd, onBucket, onHelp }: Keys): void {
  const { store, commands, subject } = useWorkspace();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isBusy(event.target)) return;
      const bucket = BUCKETS[Number(event.key) - 1];
      if (bucket) onBucket(bucket);
      else if (event.key === "q") quickAdd.current?.focus();
      else if (event.key === "j") focusCard(1);
      else if (event.key === "k") focusCard(-1);
      else if (event.key === "e") turnOver();
      else if (event.key === "b") breakDown();
      else if (event.key === "?") onHelp();
      else return;
      event.preventDefault();
    };
    const focusedTask = () => store.getTask(focusedCard()?.dataset.travel ?? "");
    const breakDown = () => {
      const task = focusedTask();
      if (task?.completed_at === null) subject.set({ taskId: task.id });
    };
    const turnOver = () => {
      const task = focusedTask();
      if (!task) return;
      // The focus goes on to the neighbour first, so that it is not lost with the card.
      if (!focusCard(1)) focusCard(-1);
      if (task.completed_at === null) commands.complete(task);
      else commands.reopen(task);
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [commands, onBucket, onHelp, quickAdd, store, subject]);
}

/** Moves the focus among the cards; from anywhere else to the first one. */
function focusCard(step: 1 | -1): boolean {
  const cards = [...document.querySelectorAll<HTMLElement>("main [data-travel]")];
  const at = cards.findIndex((card) => card === focusedCard());
  const next = at === -1 ? cards[0] : cards[at + step];
  const title = next?.querySelector<HTMLElement>('[data-control="title"]');
  title?.focus();
  return title !== undefined && title !== null;
}

function focusedCard(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-travel]") ?? null;
}

function isBusy(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable], dialog, [role=menu], [role=dialog]",
    ) !== null
  );
}
