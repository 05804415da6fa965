import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";

import type { Colour } from "@/shared/api/types";
import { useCountsOf } from "@/shared/store/react";
import { views } from "@/shared/text/views";
import { Button } from "@/shared/ui/Button";
import { useModal } from "@/shared/ui/useModal";

import { useWorkspace } from "../context";
import type { Organising } from "./Sidebar";

/** As in the API's schema; the server is the one that refuses. */
const NAME_LIMIT = 120;

interface OrganiseProps {
  readonly open: Organising;
  readonly onClose: () => void;
}

/** The dialogs of the sidebar: a project or label is named and coloured, or goes. */
export default function Organise({ open, onClose }: OrganiseProps) {
  if (open.kind === "project" || open.kind === "label") {
    return <NameDialog open={open} onClose={onClose} />;
  }
  return <RemoveDialog open={open} onClose={onClose} />;
}

function NameDialog({
  open,
  onClose,
}: {
  readonly open: Extract<Organising, { kind: "project" | "label" }>;
  readonly onClose: () => void;
}) {
  const { commands } = useWorkspace();
  const [name, setName] = useState(open.what?.name ?? "");
  const [colour, setColour] = useState<Colour>(open.what?.colour ?? "blue");
  const title =
    open.kind === "project"
      ? open.what
        ? views.editProject
        : views.newProject
      : open.what
        ? views.editLabel
        : views.newLabel;
  const save = () => {
    const fields = { name: name.trim(), colour };
    if (fields.name === "") return;
    if (open.kind === "project") {
      if (open.what) commands.editProject(open.what, fields);
      else commands.createProject(fields.name, colour);
    } else if (open.what) commands.editLabel(open.what, fields);
    else commands.createLabel(fields.name, colour);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label className="grid gap-1 text-meta text-muted">
          {views.name}
          <input
            required
            maxLength={NAME_LIMIT}
            autoComplete="off"
            className="field text-base text-ink"
            value={name}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        </label>
        <fieldset>
          <legend className="mb-1 text-meta text-muted">{views.colour}</legend>
          <div className="grid grid-cols-6 gap-1">
            {(Object.keys(views.colours) as Colour[]).map((one) => (
              <label
                key={one}
                data-colour={one}
                title={views.colours[one]}
                className="grid size-11 cursor-pointer place-items-center rounded-card has-checked:bg-hover has-checked:outline-2 has-checked:outline-(--tag) has-focus-visible:outline-2 has-focus-visible:outline-accent"
              >
                <input
                  type="radio"
                  name="colour"
                  className="sr-only"
                  aria-label={views.colours[one]}
                  checked={colour === one}
                  onChange={() => {
                    setColour(one);
                  }}
                />
                <span aria-hidden="true" className="size-4 rounded-full bg-(--tag)" />
              </label>
            ))}
          </div>
        </fieldset>
        <div className="flex justify-end gap-2">
          <Button look="plain" onClick={onClose}>
            {views.cancel}
          </Button>
          <Button type="submit" look="main">
            {views.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function RemoveDialog({
  open,
  onClose,
}: {
  readonly open: Extract<Organising, { kind: "remove project" | "remove label" }>;
  readonly onClose: () => void;
}) {
  const { commands, store } = useWorkspace();
  const { byProject } = useCountsOf(store);
  const navigate = useNavigate();
  const { name } = open.what;
  const gone = (remove: () => void) => () => {
    onClose();
    // Whoever stands in it would stand nowhere.
    if (window.location.pathname.endsWith(open.what.id)) void navigate({ to: "/" });
    remove();
  };
  if (open.kind === "remove label") {
    return (
      <Dialog title={views.removeLabel(name)} onClose={onClose}>
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="plain" onClick={onClose}>
            {views.cancel}
          </Button>
          <Button
            look="danger"
            onClick={gone(() => {
              commands.removeLabel(open.what);
            })}
          >
            {views.remove}
          </Button>
        </div>
      </Dialog>
    );
  }
  const count = byProject.get(open.what.id) ?? 0;
  return (
    <Dialog title={views.removeProject(name)} onClose={onClose}>
      {count > 0 && <p className="mb-4 text-muted">{views.removeWith(count)}</p>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="plain" onClick={onClose}>
          {views.cancel}
        </Button>
        <Button
          look={count > 0 ? "quiet" : "danger"}
          onClick={gone(() => {
            commands.removeProject(open.what, "move");
          })}
        >
          {count > 0 ? views.keepTasks : views.remove}
        </Button>
        {count > 0 && (
          <Button
            look="danger"
            onClick={gone(() => {
              commands.removeProject(open.what, "delete");
            })}
          >
            {views.removeTasks}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useModal();
  useEffect(() => {
    dialog.current?.querySelector<HTMLElement>("input, button")?.focus();
  }, [dialog]);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      className="m-auto w-96 max-w-[calc(100vw-32px)] rounded-card border border-line-strong bg-card p-5 text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
    >
      <h2 className="mb-4 font-semibold">{title}</h2>
      {children}
    </dialog>
  );
}
