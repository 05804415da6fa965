import { type ReactNode, useId, useState } from "react";

import type { Task } from "@/shared/api/types";
import { breakdown } from "@/shared/text/breakdown";
import { views } from "@/shared/text/views";
import { buttonClass } from "@/shared/ui/Button";
import { ChevronIcon, PlusIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";
import { Sign } from "@/shared/ui/Sign";

import { readMinutes, work } from "../breakdown/minutes";
import { useLabel, useLabels, useProject, useProjects, useWorkspace } from "../context";

/** Where a task belongs and how long it takes. */
export function Fields({ task }: { readonly task: Task }) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <ProjectField task={task} />
      <EstimateField task={task} />
      <LabelsField task={task} />
    </div>
  );
}

function ProjectField({ task }: { readonly task: Task }) {
  const { commands } = useWorkspace();
  const projects = useProjects().filter(({ archived, id }) => !archived || id === task.project);
  const project = useProject(task.project ?? "");
  const choose = (id: string | null) => {
    if (id !== task.project) commands.edit(task, { project: id });
  };
  return (
    <Named name={views.project}>
      <Menu
        label={`${views.project}: ${project?.name ?? views.noProject}`}
        className={`${buttonClass("quiet")} w-full justify-between! px-3`}
        items={[
          ...projects.map(({ id, name, colour }) => ({
            label: name,
            sign: { of: "project", colour } as const,
            checked: id === task.project,
            run: () => {
              choose(id);
            },
          })),
          {
            label: views.noProject,
            checked: task.project === null,
            run: () => {
              choose(null);
            },
          },
        ]}
      >
        <span className="flex min-w-0 items-center gap-2">
          {project && <Sign of="project" colour={project.colour} />}
          <span className={`truncate ${project ? "" : "text-muted"}`}>
            {project?.name ?? views.noProject}
          </span>
        </span>
        <ChevronIcon className="size-4 text-muted" />
      </Menu>
    </Named>
  );
}

function EstimateField({ task }: { readonly task: Task }) {
  const { commands } = useWorkspace();
  const id = useId();
  const said = task.estimate_min === null ? "" : work(task.estimate_min);
  const [typed, setTyped] = useState<string | null>(null);
  const [bad, setBad] = useState(false);
  const keep = () => {
    const entered = typed?.trim() ?? said;
    const estimate_min = entered === "" ? null : readMinutes(entered);
    const wrong = entered !== "" && estimate_min === null;
    setBad(wrong);
    if (wrong) return;
    setTyped(null);
    if (estimate_min !== task.estimate_min) commands.edit(task, { estimate_min });
  };
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-meta text-muted">
        {views.estimate}
      </label>
      <input
        id={id}
        className="field tabular wide:min-h-10"
        placeholder={views.noEstimate}
        title={breakdown.estimateHint}
        aria-invalid={bad || undefined}
        aria-describedby={bad ? `${id}-bad` : undefined}
        value={typed ?? said}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter") keep();
        }}
      />
      {bad && (
        <p id={`${id}-bad`} role="alert" className="text-meta text-missed">
          {views.estimateBad}
        </p>
      )}
    </div>
  );
}

function LabelsField({ task }: { readonly task: Task }) {
  const { commands } = useWorkspace();
  const labels = useLabels();
  if (labels.length === 0) return null;
  return (
    <Named name={views.labels} className="col-span-2">
      <div className="flex flex-wrap items-center gap-1.5">
        {task.labels.map((id) => (
          <LabelChip key={id} id={id} />
        ))}
        <Menu
          label={views.label}
          className={`${buttonClass("quiet", true)} border-dashed`}
          items={labels.map(({ id, name, colour }) => {
            const has = task.labels.includes(id);
            return {
              label: name,
              sign: { of: "label", colour } as const,
              checked: has,
              run: () => {
                commands.edit(task, {
                  labels: has ? task.labels.filter((one) => one !== id) : [...task.labels, id],
                });
              },
            };
          })}
        >
          <PlusIcon />
          {views.label}
        </Menu>
      </div>
    </Named>
  );
}

function LabelChip({ id }: { readonly id: string }) {
  const label = useLabel(id);
  return (
    label && (
      <span className="inline-flex min-h-8 max-w-full items-center rounded-card bg-hover px-2.5 text-meta">
        <Sign of="label" colour={label.colour} />
        <span className="truncate">{label.name}</span>
      </span>
    )
  );
}

interface NamedProps {
  readonly name: string;
  readonly className?: string;
  readonly children: ReactNode;
}

function Named({ name, className = "", children }: NamedProps) {
  return (
    <div className={`grid min-w-0 content-start gap-1 *:last:min-w-0 ${className}`}>
      <span className="text-meta text-muted">{name}</span>
      {children}
    </div>
  );
}
