import type { RefObject } from "react";

import type { Priority } from "@/shared/api/types";
import { SIGNS } from "@/shared/lib/signs";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { Button } from "@/shared/ui/Button";
import { PopoverPanel } from "@/shared/ui/PopoverPanel";

import { useView } from "../board/hands";
import { useLabels, useProjects } from "../context";
import { type Filter, isNarrowed, NO_FILTER, type Order } from "./view";

interface FilterPanelProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
  readonly onClose: () => void;
  readonly anchor: RefObject<HTMLElement | null>;
}

/** Chooses what narrows the board, and in which order it stands. */
export default function FilterPanel({ filter, onChange, onClose, anchor }: FilterPanelProps) {
  const { place } = useView();
  const projects = useProjects().filter(({ archived }) => !archived);
  const labels = useLabels();
  return (
    <PopoverPanel
      onClose={onClose}
      anchor={anchor}
      returnTo={anchor}
      label={views.filters}
      align="end"
    >
      <div className="grid gap-3 p-2">
        {place.kind !== "project" && (
          <Choice
            name={views.project}
            value={filter.project ?? ""}
            options={[
              ["", views.anyProject],
              ...projects.map(({ id, name }) => [id, SIGNS.project + name] as const),
              ["none", views.noProject],
            ]}
            onChoose={(value) => {
              onChange({ project: value === "" ? null : value });
            }}
          />
        )}
        {labels.length > 0 && (
          <Choice
            name={views.label}
            value={filter.label ?? ""}
            options={[
              ["", views.anyLabel],
              ...labels.map(({ id, name }) => [id, SIGNS.label + name] as const),
            ]}
            onChoose={(value) => {
              onChange({ label: value === "" ? null : value });
            }}
          />
        )}
        <Choice
          name={views.priority}
          value={String(filter.priority ?? "")}
          options={[
            ["", views.anyPriority],
            ...([1, 2, 3, 4] as const).map(
              (priority) =>
                [String(priority), text.detail.priorities[priority satisfies Priority]] as const,
            ),
          ]}
          onChoose={(value) => {
            onChange({ priority: value === "" ? null : Number(value) });
          }}
        />
        <Choice
          name={views.order}
          value={filter.order}
          options={[
            ["time", views.byTime],
            ["hand", views.byHand],
          ]}
          onChoose={(value) => {
            onChange({ order: value as Order });
          }}
        />
        {isNarrowed(filter) && (
          <Button
            small
            onClick={() => {
              onChange(NO_FILTER);
            }}
          >
            {views.clear}
          </Button>
        )}
      </div>
    </PopoverPanel>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ name, value, options, onChoose }: ChoiceProps) {
  return (
    <label className="grid grid-cols-[5rem_1fr] items-center gap-2 text-meta text-muted">
      {name}
      <select
        className="field min-w-0 px-2 text-ink"
        value={value}
        onChange={(event) => {
          onChoose(event.target.value);
        }}
      >
        {options.map(([one, called]) => (
          <option key={one} value={one}>
            {called}
          </option>
        ))}
      </select>
    </label>
  );
}
