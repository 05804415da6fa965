import { useEffect } from "react";

import type { Task } from "@/shared/api/types";
import { useObservable } from "@/shared/lib/observable";
import { views } from "@/shared/text/views";
import { Button, buttonClass, IconButton } from "@/shared/ui/Button";
import { CheckIcon, CloseIcon, FolderIcon, TagIcon, TrashIcon, UndoIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";

import { useHands } from "../board/hands";
import { Reschedule } from "../card/Reschedule";
import { useBoard, useLabels, useProjects, useWorkspace } from "../context";

/** What can be done with all that is marked. Nothing while nothing is. */
export function SelectionBar() {
  const hands = useHands();
  const { lists, marking, selection } = hands;
  const { store } = useWorkspace();
  const ids = useObservable(selection.ids);
  const choosing = useObservable(marking);
  // Drawn again when one of them has changed.
  useBoard();
  const count = ids.size;
  useEffect(() => {
    // At first there is nothing to say of what is not marked.
    if (count > 0 || hands.said.get() !== null) {
      hands.say(count === 0 ? "" : views.selectedCount(count));
    }
  }, [count, hands]);
  if (count === 0 && !choosing) return null;
  const order = lists.ids().filter((id) => ids.has(id));
  const tasks = [...new Set([...order, ...ids])].flatMap((id) => store.getTask(id) ?? []);
  return (
    <section
      aria-label={views.selectionBar}
      data-bar=""
      className="rise fixed inset-x-0 bottom-0 z-40 border-t border-line-strong bg-card px-2 pt-1 pb-[calc(4px+env(safe-area-inset-bottom))] wide:inset-x-auto wide:bottom-6 wide:left-1/2 wide:-translate-x-1/2 wide:rounded-card wide:border wide:p-1"
    >
      <div className="flex flex-wrap items-center gap-1">
        <span className="tabular px-2 text-meta whitespace-nowrap">
          {views.selectedCount(count)}
        </span>
        {count > 0 && <Actions tasks={tasks} />}
        <IconButton
          label={views.unselect}
          className="ml-auto"
          onClick={() => {
            hands.unmark();
          }}
        >
          <CloseIcon />
        </IconButton>
      </div>
    </section>
  );
}

function Actions({ tasks }: { readonly tasks: readonly Task[] }) {
  const { commands } = useWorkspace();
  const hands = useHands();
  const projects = useProjects().filter(({ archived }) => !archived);
  const labels = useLabels();
  const open = tasks.filter((task) => task.completed_at === null);
  const done = () => {
    hands.unmark();
  };
  const small = buttonClass("plain", true);
  return (
    <>
      {open.length > 0 ? (
        <Button
          look="plain"
          small
          onClick={() => {
            commands.completeAll(open);
            done();
          }}
        >
          <CheckIcon />
          {views.complete}
        </Button>
      ) : (
        <Button
          look="plain"
          small
          onClick={() => {
            commands.reopenAll(tasks);
            done();
          }}
        >
          <UndoIcon />
          {views.reopen}
        </Button>
      )}
      {open.length > 0 && <Reschedule tasks={open} label={views.reschedule} look="plain" />}
      <Menu
        label={views.move}
        className={small}
        items={[
          ...projects.map((project) => ({
            label: project.name,
            sign: { of: "project", colour: project.colour } as const,
            run: () => {
              commands.move(tasks, project.id);
            },
          })),
          {
            label: views.noProject,
            run: () => {
              commands.move(tasks, null);
            },
          },
        ]}
      >
        <FolderIcon />
        {views.move}
      </Menu>
      {labels.length > 0 && (
        <Menu
          label={views.label}
          className={small}
          items={labels.map((label) => {
            const all = tasks.every((task) => task.labels.includes(label.id));
            return {
              label: label.name,
              sign: { of: "label", colour: label.colour } as const,
              checked: all,
              run: () => {
                commands.relabel(tasks, all ? { remove: [label.id] } : { add: [label.id] });
              },
            };
          })}
        >
          <TagIcon />
          {views.label}
        </Menu>
      )}
      <Button
        look="plain"
        small
        className="text-missed"
        onClick={() => {
          commands.removeAll(tasks);
          done();
        }}
      >
        <TrashIcon />
        {views.remove}
      </Button>
    </>
  );
}
