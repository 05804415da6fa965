import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { type ReactNode, useEffect, useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { keys } from "@/shared/text/keys";
import { views } from "@/shared/text/views";
import { CheckIcon, ClockIcon, SearchIcon } from "@/shared/ui/icons";
import { Sign } from "@/shared/ui/Sign";
import { nextTheme } from "@/shared/ui/theme";

import { useHands } from "../board/hands";
import { cardOf, openId } from "../board/lists";
import { useBoard, useLabels, useProjects, useWorkspace } from "../context";
import { rowOf } from "../frame/rows";
import { useComplete } from "../useComplete";
import { useTaskSearch } from "../view/useTaskSearch";
import { useServerSearch } from "../view/useServerSearch";
import { fold } from "../view/view";

/** As many tasks as are looked through at a glance. */
const MOST = 8;

interface PaletteProps {
  readonly onClose: () => void;
  readonly onAdd: () => void;
  readonly onHelp: () => void;
}

/** Anything, by its name: places, tasks, and what can be done with those at hand. */
export default function Palette({ onClose, onAdd, onHelp }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  const [q, setQ] = useState("");
  const navigate = useNavigate();
  const search = useTaskSearch();
  const projects = useProjects();
  const labels = useLabels();
  const found = useFound(q);
  const elsewhere = useServerSearch(q);
  const actions = useActions(opener);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector("input")?.focus();
    return () => {
      if (opener?.isConnected && document.activeElement === document.body) opener.focus();
    };
  }, [opener]);
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
            placeholder={keys.palettePlaceholder}
            className="min-h-12 flex-1 bg-transparent outline-none"
            onValueChange={setQ}
          />
        </div>
        <Command.List className="max-h-[50dvh] overflow-y-auto p-1">
          <Command.Empty className="px-3 py-4 text-muted">{views.nothingFound}</Command.Empty>
          {actions.length > 0 && (
            <Group name={keys.atHand}>
              {actions.map(({ name, key, what }) => (
                <Item key={name} name={name} hint={key} onRun={run(what)} />
              ))}
            </Group>
          )}
          {q !== "" && found.length + elsewhere.length > 0 && (
            <Group name={text.buckets.label}>
              {[...found, ...elsewhere].map(({ id, title, completed_at }) => (
                <Item key={id} id={id} name={title} onRun={open(id)}>
                  <TaskIcon done={completed_at !== null} />
                </Item>
              ))}
            </Group>
          )}
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

/** What can be done with the task at hand, or with all that are marked. */
function useActions(opener: HTMLElement | null): readonly Action[] {
  const { asking, commands, store, subject } = useWorkspace();
  const hands = useHands();
  const complete = useComplete();
  const at = cardOf(opener) ?? rowOf(opener)?.dataset.task ?? openId();
  const marked = [...hands.selection.ids.get()];
  const tasks = (marked.length > 0 ? marked : at === null ? [] : [at]).flatMap(
    (id) => store.getTask(id) ?? [],
  );
  const [task] = tasks;
  if (!task) return [];
  const ids = tasks.map(({ id }) => id);
  const many = tasks.length > 1;
  const named = (what: string) => `${what}: ${many ? views.selectedCount(ids.length) : task.title}`;
  const done = task.completed_at !== null;
  return [
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
}

function Group({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  readonly name: string;
  /** Tells it from others of the same name. */
  readonly id?: string;
  readonly hint?: string;
  readonly onRun: () => void;
  readonly children?: ReactNode;
}

function Item({ name, id = "", hint, onRun, children }: ItemProps) {
  return (
    <Command.Item
      value={`${name} ${id}`}
      keywords={[name]}
      className="flex min-h-11 cursor-pointer items-center gap-2 rounded-card px-3 data-[selected=true]:bg-hover wide:min-h-9"
      onSelect={onRun}
    >
      {children}
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {hint && <kbd className="font-sans text-meta text-muted">{hint}</kbd>}
    </Command.Item>
  );
}
