import { type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";

import type { Task } from "@/shared/api/types";
import { text } from "@/shared/text";
import { CheckIcon, ClockIcon, UndoIcon } from "@/shared/ui/icons";

import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { atEdge, type Course, courseOf, follow, type Side, sideOf, verdict } from "./gesture";

/** The speed at the end is that of no longer than this, ms. */
const LAST_MOMENTS_MS = 80;

/** As in the style sheet, and a frame or two. */
const GLIDE_MS = 200;

/** The card under the finger, and what it would do. */
interface Swiped {
  readonly card: HTMLElement;
  readonly task: Task;
  readonly side: Side;
  /** Whether letting go here means it. */
  readonly armed: boolean;
}

interface Finger {
  readonly pointer: number;
  readonly card: HTMLElement;
  readonly task: Task;
  readonly x: number;
  readonly y: number;
  readonly trail: { readonly x: number; readonly at: number }[];
  course: Course;
}

/**
 * Cards under a finger: to the right completes, to the left offers another deadline. It stands beside
 * the board, as what drags does, and moves the card it is about by itself: nothing is drawn anew
 * while the finger moves. Mice and pens never come here; keys have `e` and `t` for the same.
 */
export default function Swipe() {
  const { dragged, marking, selection } = useHands();
  const { asking, store } = useWorkspace();
  const complete = useComplete();
  const [swiped, setSwiped] = useState<Swiped | null>(null);
  useEffect(() => {
    let finger: Finger | null = null;

    const lay = (of: Finger, x: number) => {
      const article = of.card.firstElementChild as HTMLElement;
      article.style.translate = `${x}px`;
    };

    /** Lets go of the card; where it stays on the page it glides back to its place. */
    const leave = (of: Finger) => {
      finger = null;
      setSwiped(null);
      if (of.card.dataset.swiped === undefined) return;
      // In the next frame: a card that leaves the page by it goes on from under the finger.
      requestAnimationFrame(() => {
        of.card.dataset.swiped = "back";
        (of.card.firstElementChild as HTMLElement | null)?.style.removeProperty("translate");
      });
      setTimeout(() => {
        if (of.card.dataset.swiped === "back") delete of.card.dataset.swiped;
      }, GLIDE_MS);
    };

    const down = (event: PointerEvent) => {
      if (finger) {
        // A second finger means something else.
        leave(finger);
        return;
      }
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      if (marking.get() || selection.ids.get().size > 0 || atEdge(event.clientX, innerWidth))
        return;
      const card = (event.target as Element).closest<HTMLElement>("main [data-travel]");
      const task = store.getTask(card?.dataset.travel ?? "");
      if (!card || !task) return;
      const { pointerId: pointer, clientX: x, clientY: y } = event;
      finger = { pointer, card, task, x, y, trail: [], course: "open" };
    };

    const move = (event: PointerEvent) => {
      if (finger?.pointer !== event.pointerId) return;
      const way = { x: event.clientX - finger.x, y: event.clientY - finger.y };
      // A finger that rested first has taken the card up.
      finger.course = dragged.get() === null ? courseOf(way, finger.course) : "other";
      if (finger.course === "open") return;
      if (finger.course === "other") {
        leave(finger);
        return;
      }
      const { card, task, trail } = finger;
      const width = card.offsetWidth;
      const does = doesFor(task);
      finger.card.dataset.swiped = "";
      trail.push({ x: way.x, at: event.timeStamp });
      lay(finger, follow(way.x, width, does));
      const side = sideOf(way.x);
      const armed = verdict(way.x, 0, width, does) !== null;
      setSwiped((now) =>
        now?.card === card && now.side === side && now.armed === armed
          ? now
          : { card, task, side, armed },
      );
    };

    const up = (event: PointerEvent) => {
      if (finger?.pointer !== event.pointerId) return;
      const { card, course, task, trail, x } = finger;
      const way = event.clientX - x;
      const side =
        course === "across"
          ? verdict(way, speedOf(trail, event.timeStamp), card.offsetWidth, doesFor(task))
          : null;
      leave(finger);
      // As it is by now: another window may have done it meanwhile.
      const current = store.getTask(task.id);
      if (side === null || current?.completed_at !== task.completed_at) return;
      if (side === "right") complete(current);
      else {
        const anchor = card.querySelector<HTMLElement>('[data-control="title"]');
        asking.set({ ids: [task.id], anchor });
      }
    };

    const cancel = (event: PointerEvent) => {
      if (finger?.pointer === event.pointerId) leave(finger);
    };

    document.addEventListener("pointerdown", down);
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
    // The browser took the finger for a scroll.
    document.addEventListener("pointercancel", cancel);
    return () => {
      document.removeEventListener("pointerdown", down);
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      document.removeEventListener("pointercancel", cancel);
      if (finger) leave(finger);
    };
  }, [asking, complete, dragged, marking, selection, store]);
  return swiped && createPortal(<Under {...swiped} />, swiped.card);
}

/** What is done has no deadline to put off any more. */
function doesFor({ completed_at }: Task): (side: Side) => boolean {
  return (side) => side === "right" || completed_at === null;
}

/** How fast the finger goes across at the end, px in ms. */
function speedOf(trail: Finger["trail"], now: number): number {
  const recent = trail.filter(({ at }) => now - at <= LAST_MOMENTS_MS);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last || last.at === first.at) return 0;
  return (last.x - first.x) / (last.at - first.at);
}

/** What lies under the card, and comes out where it moves aside. */
function Under({ task, side, armed }: Swiped): ReactNode {
  const done = task.completed_at !== null;
  const right = side === "right";
  if (!doesFor(task)(side)) return null;
  const Icon = right ? (done ? UndoIcon : CheckIcon) : ClockIcon;
  const says = right ? (done ? text.detail.reopen : text.detail.complete) : text.card.reschedule;
  const look = !armed
    ? "bg-hover text-muted"
    : right
      ? "bg-done text-paper"
      : "bg-accent text-on-accent";
  return (
    <div
      aria-hidden="true"
      className={`absolute inset-0 -z-10 flex items-center gap-2 rounded-card px-4 text-meta font-semibold transition-colors duration-100 ${look} ${right ? "" : "flex-row-reverse"}`}
    >
      <Icon className="size-5" />
      {says}
    </div>
  );
}
