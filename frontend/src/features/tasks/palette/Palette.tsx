import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useEffect, useState } from "react";

import type { Task } from "@/shared/api/types";
import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { keys } from "@/shared/text/keys";
import { views } from "@/shared/text/views";
import { CheckIcon, ClockIcon, SearchIcon } from "@/shared/ui/icons";
import { Sign } from "@/shared/ui/Sign";
import { nextTheme } from "@/shared/ui/theme";
import { useModal } from "@/shared/ui/useModal";

import { useHands } from "../board/hands";
import { meantIds } from "../board/meant";
import { useBoard, useLabels, useProjects, useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { useTaskSearch } from "../view/useTaskSearch";
import { useServerSearch } from "../view/useServerSearch";
import { fold } from "../view/view";
import { Group, Item } from "./Item";
import { MoveTo } from "./MoveTo";

/** As many tasks as are looked through at a glance. */
const MOST = 8;

interface PaletteProps {
  readonly onClose: () => void;
  readonly onAdd: () => void;
  readonly onHelp: () => void;
}

/** Anything, by its name: places, tasks, and what can be done with those at hand. */
export default function Palette({ onClose, onAdd, onHelp }: PaletteProps) {
  const dialog = useModal();
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  const [q, setQ] = useState("");
  const navigate = useNavigate();
  const search = useTaskSearch();
  const projects = useProjects();
  const labels = useLabels();
  /** A project is chosen for what is at hand. */
  const [moving, setMoving] = useState(false);
  const canMove = projects.some(({ archived }) => !archived);
  const found = useFound(moving ? "" : q);
  const elsewhere = useServerSearch(moving ? "" : q);
  const { actions, tasks } = useActions(opener);
  useEffect(() => {
    dialog.current?.querySelector("input")?.focus();
  }, [dialog]);
  const go = (to: string) => () => {
    onClose();
    void navigate({ to: to as "/" });
  };
  const open = (id: string) => () => {
    onClose();
    void navigate({ to: "/tasks/$taskId", params: { taskId: id }, search });
  };
  const run = (what: () => void) => () => {
    onClose();
    // First the focus, so that whatever follows finds it where the person was.
    opener?.focus();
    what();
  };
  return (
    <dialog
      ref={dialog}
      aria-label={keys.palette}
      className="mx-auto mt-[12vh] mb-0 w-[560px] max-w-[calc(100vw-24px)] overflow-hidden rounded-card border border-line-strong bg-card text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <Command label={keys.palette} filter={byName} loop>
        <div className="flex items-center gap-2 border-b border-line px-4">
          <SearchIcon className="size-4 text-muted" />
          <Command.Input
            value={q}
            placeholder={moving ? keys.movePlaceholder : keys.palettePlaceholder}
            className="min-h-12 flex-1 bg-transparent outline-none"
            onValueChange={setQ}
            onKeyDown={(event) => {
              if (moving && q === "" && event.key === "Backspace") setMoving(false);
            }}
          />
        </div>
        <Command.List className="max-h-[50dvh] overflow-y-auto p-1">
          <Command.Empty className="px-3 py-4 text-muted">{views.nothingFound}</Command.Empty>
          {moving && <MoveTo tasks={tasks} run={run} />}
          {!moving && actions.length > 0 && (
            <Group name={keys.atHand}>
              {actions.map(({ name, key, what }) => (
                <Item key={name} name={name} hint={key} onRun={run(what)} />
              ))}
              {canMove && (
                <Item
                  name={nameFor(keys.moveTo, tasks)}
                  onRun={() => {
                    setQ("");
                    setMoving(true);
                  }}
                />
              )}
            </Group>
          )}
          {!moving && q !== "" && found.length + elsewhere.length > 0 && (
            <Group name={text.buckets.label}>
              {[...found, ...elsewhere].map(({ id, title, completed_at }) => (
                <Item key={id} id={id} name={title} onRun={open(id)}>
                  <TaskIcon done={completed_at !== null} />
                </Item>
              ))}
            </Group>
          )}
          {!moving && (
            <>
              <Group name={keys.goTo}>
                <Item name={views.all} onRun={go("/")} />
                <Item name={views.today} onRun={go("/today")} />
                <Item name={views.insights} onRun={go("/insights")} />
                <Item name={views.activity} onRun={go("/activity")} />
                {projects.map(({ id, name, colour }) => (
                  <Item key={id} id={id} name={name} onRun={go(`/projects/${id}`)}>
                    <Sign of="project" colour={colour} className="w-4 text-center" />
                  </Item>
                ))}
                {labels.map(({ id, name, colour }) => (
                  <Item key={id} id={id} name={name} onRun={go(`/labels/${id}`)}>
                    <Sign of="label" colour={colour} className="w-4 text-center" />
                  </Item>
                ))}
                <Item name={text.header.settings} onRun={go("/settings")} />
              </Group>
              <Group name={keys.other}>
                <Item name={keys.add} hint="q" onRun={run(onAdd)} />
                <Item name={keys.theme} onRun={run(nextTheme)} />
                <Item name={keys.title} hint="?" onRun={run(onHelp)} />
              </Group>
            </>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}

/** How well an item answers what is typed: by its name, and not by the id that tells it from others. */
function byName(_: string, typed: string, keywords: readonly string[] = []): number {
  return matches(keywords.join(" "), typed);
}

/** All words that were typed, in any order; a beginning counts for more. */
function matches(value: string, typed: string): number {
  const [said, wanted] = [fold(value), fold(typed.trim())];
  if (!wanted.split(/\s+/).every((word) => said.includes(word))) return 0;
  return said.startsWith(wanted) ? 1 : 0.5;
}

function TaskIcon({ done }: { readonly done: boolean }) {
  const Icon = done ? CheckIcon : ClockIcon;
  return <Icon className="size-4 text-muted" />;
}

/** Tasks of the board whose titles have what is typed, open ones first. */
function useFound(q: string): readonly Task[] {
  const board = useBoard();
  if (q.trim() === "") return [];
  const found: Task[] = [];
  for (const task of BUCKETS.flatMap((bucket) => board[bucket])) {
    if (matches(task.title, q) > 0) found.push(task);
    if (found.length === MOST) break;
  }
  return found;
}

interface Action {
  readonly name: string;
  readonly key: string;
  readonly what: () => void;
}

/** What is done with which tasks. */
function nameFor(what: string, tasks: readonly Task[]): string {
  const [only] = tasks;
  const all = tasks.length === 1 && only ? only.title : views.selectedCount(tasks.length);
  return `${what}: ${all}`;
}

/** The task at hand, or all that are marked, and what can be done with them. */
function useActions(opener: HTMLElement | null): {
  readonly tasks: readonly Task[];
  readonly actions: readonly Action[];
} {
  const { asking, commands, store, subject } = useWorkspace();
  const hands = useHands();
  const complete = useComplete();
  const tasks = meantIds(opener, hands).flatMap((id) => store.getTask(id) ?? []);
  const [task] = tasks;
  if (!task) return { tasks, actions: [] };
  const ids = tasks.map(({ id }) => id);
  const many = tasks.length > 1;
  const named = (what: string) => nameFor(what, tasks);
  const done = task.completed_at !== null;
  const actions = [
    {
      name: named(done ? text.detail.reopen : text.detail.complete),
      key: "e",
      what: () => {
        hands.unmark();
        if (!many) complete(task);
        else if (done) commands.reopenAll(tasks);
        else commands.completeAll(tasks);
      },
    },
    {
      name: named(text.card.reschedule),
      key: "t",
      what: () => {
        asking.set({ ids, anchor: opener });
      },
    },
    ...(many || done
      ? []
      : [
          {
            name: named(text.plan.breakDown),
            key: "b",
            what: () => {
              subject.set({ taskId: task.id });
            },
          },
        ]),
    {
      name: named(text.detail.delete),
      key: "Del",
      what: () => {
        if (many) commands.removeAll(tasks);
        else commands.remove(task);
      },
    },
  ];
  return { tasks, actions };
}
