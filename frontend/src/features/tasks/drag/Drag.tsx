import {
  DndContext,
  DragOverlay,
  MouseSensor,
  TouchSensor,
  useDraggable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { type SyntheticEvent, useEffect, useEffectEvent, useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { views } from "@/shared/text/views";

import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import type { Press } from "./Dragging";
import { findTarget, type Target } from "./target";
import { useDrop } from "./useDrop";

/** How far a mouse goes, or how long a finger rests, until a press is a drag. */
const MOUSE = { activationConstraint: { distance: 6 } };
const TOUCH = { activationConstraint: { delay: 300, tolerance: 8 } };
const NO_WORDS = { onDragStart: no, onDragOver: no, onDragEnd: no, onDragCancel: no };

interface DragProps {
  readonly press: Press;
  readonly onDone: () => void;
}

/**
 * Carries a card, or all that are marked, to another place. It stands beside the board rather than
 * around it, so that the board is drawn without it; what lies under the pointer is asked of the page,
 * of which only what is in view is drawn.
 */
export default function Drag({ press, onDone }: DragProps) {
  const hands = useHands();
  const { dragged, selection } = hands;
  const { store } = useWorkspace();
  const [target, setTarget] = useState<Target | null>(null);
  const [task] = useState(() => store.getTask(press.id));
  const drop = useDrop();
  const sensors = useSensors(useSensor(MouseSensor, MOUSE), useSensor(TouchSensor, TOUCH));
  const tasks = () =>
    selection.has(press.id)
      ? [...selection.ids.get()].flatMap((id): Task[] => {
          const one = store.getTask(id);
          return one ? [one] : [];
        })
      : task
        ? [task]
        : [];
  const end = () => {
    dragged.set(null);
    onDone();
  };
  const look = useEffectEvent((x: number, y: number) => {
    if (dragged.get() !== null) setTarget(findTarget(x, y, press.id));
  });
  useEffect(() => {
    const move = (event: MouseEvent | TouchEvent) => {
      const at = "touches" in event ? event.touches[0] : event;
      if (at) look(at.clientX, at.clientY);
    };
    document.addEventListener("mousemove", move);
    document.addEventListener("touchmove", move);
    return () => {
      document.removeEventListener("mousemove", move);
      document.removeEventListener("touchmove", move);
    };
  }, []);
  if (!task) return null;
  return (
    <DndContext
      sensors={sensors}
      accessibility={{ announcements: NO_WORDS, screenReaderInstructions: { draggable: "" } }}
      onDragStart={() => {
        dragged.set(tasks().map(({ id }) => id));
        hands.say(views.dragging(task.title));
      }}
      onDragEnd={() => {
        swallowClick();
        if (target) drop(tasks(), target);
        end();
      }}
      onDragCancel={end}
    >
      <Subject press={press} />
      {target && <Mark target={target} />}
      <DragOverlay dropAnimation={null} zIndex={60}>
        <Lifted press={press} count={tasks().length} />
      </DragOverlay>
    </DndContext>
  );
}

/** Hands the press on to the sensors, as if the card had been a part of this. */
function Subject({ press }: { readonly press: Press }) {
  const { listeners, setNodeRef } = useDraggable({ id: press.id });
  const begun = useRef<Press | null>(null);
  const begin = useEffectEvent(() => {
    if (begun.current === press) return;
    begun.current = press;
    setNodeRef(press.card);
    const name = press.event.type === "mousedown" ? "onMouseDown" : "onTouchStart";
    const listener = listeners?.[name] as ((event: SyntheticEvent) => void) | undefined;
    listener?.({ nativeEvent: press.event } as unknown as SyntheticEvent);
  });
  useEffect(() => {
    begin();
  }, [press]);
  return null;
}

/** A copy of the card in the hand, and how many go with it. */
function Lifted({ press, count }: { readonly press: Press; readonly count: number }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const copy = press.card.querySelector("article")?.cloneNode(true) as HTMLElement | undefined;
    if (!copy) return;
    copy.inert = true;
    box.current?.prepend(copy);
    return () => {
      copy.remove();
    };
  }, [press]);
  return (
    <div ref={box} aria-hidden="true" data-held="" className="relative rounded-card">
      {count > 1 && (
        <span className="tabular absolute -top-2 -right-2 grid min-w-6 place-items-center rounded-full bg-accent px-1.5 text-meta text-on-accent">
          {count}
        </span>
      )}
    </div>
  );
}

/** Where it would come to stand. */
function Mark({ target: { rect, edge } }: { readonly target: Target }) {
  const at =
    edge === null
      ? { top: rect.top, height: rect.height }
      : { top: edge === "before" ? rect.top - 5 : rect.bottom + 3, height: 2 };
  return (
    <div
      aria-hidden="true"
      className={`pointer-events-none fixed z-50 rounded-card ${
        edge === null ? "border-2 border-accent" : "bg-accent"
      }`}
      style={{ left: rect.left, width: rect.width, ...at }}
    />
  );
}

/** The click that follows would open what the card was dropped on. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true });
  setTimeout(() => {
    document.removeEventListener("click", swallow, { capture: true });
  });
}

function no(): undefined {
  return undefined;
}
