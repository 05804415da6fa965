import { Link } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";

import type { Label, Project } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import type { Board } from "@/shared/store/board";
import { countsOf } from "@/shared/store/selectors";
import { views } from "@/shared/text/views";
import { IconButton } from "@/shared/ui/Button";
import {
  ActivityIcon,
  ChartIcon,
  ChevronIcon,
  InboxIcon,
  MoreIcon,
  PlusIcon,
  TodayIcon,
} from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";
import { part } from "@/shared/ui/part";
import { Sign } from "@/shared/ui/Sign";
import { Unopened } from "@/shared/ui/Unloaded";

import { useBoard, useLabels, useProjects, useWorkspace, useZone } from "../context";
import { matcher, NO_FILTER } from "../view/view";

/** What a dialog of the sidebar is open for. */
export type Organising =
  | { readonly kind: "project"; readonly what: Project | null }
  | { readonly kind: "label"; readonly what: Label | null }
  | { readonly kind: "remove project"; readonly what: Project }
  | { readonly kind: "remove label"; readonly what: Label };

const organise = part(() => import("./Organise"));

interface SidebarProps {
  /** A place was chosen. */
  readonly onGo?: () => void;
}

/** All the places that a person can look at, with how much is open there. */
export function Sidebar({ onGo }: SidebarProps) {
  const { commands } = useWorkspace();
  // Thousands are counted anew with each change: the card that has changed is painted first.
  const board = useDeferredValue(useBoard());
  const counts = countsOf(board);
  const projects = useProjects();
  const labels = useLabels();
  const [open, setOpen] = useState<Organising | null>(null);
  const [showArchived, setShowArchived] = useState(false);
  const kept = projects.filter(({ archived }) => !archived);
  const archived = projects.filter((project) => project.archived);
  const projectItem = (project: Project) => (
    <Item
      key={project.id}
      to={`/projects/${project.id}`}
      name={project.name}
      count={counts.byProject.get(project.id) ?? 0}
      icon={<Sign of="project" colour={project.colour} className="w-4 text-center" />}
      drop={`project-${project.id}`}
      onGo={onGo}
      menu={[
        {
          label: views.edit,
          run: () => {
            setOpen({ kind: "project", what: project });
          },
        },
        {
          label: project.archived ? views.unarchive : views.archive,
          run: () => {
            commands.editProject(project, { archived: !project.archived });
          },
        },
        {
          label: views.remove,
          run: () => {
            setOpen({ kind: "remove project", what: project });
          },
        },
      ]}
    />
  );
  return (
    <nav aria-label={views.places} className="grid grid-cols-1 content-start gap-5 px-3 py-4">
      <ul className="grid grid-cols-1 gap-0.5">
        <Item to="/" name={views.all} count={counts.open} icon={<InboxIcon />} onGo={onGo} />
        <Item
          to="/today"
          name={views.today}
          count={useTodayCount(board)}
          icon={<TodayIcon />}
          onGo={onGo}
        />
        <Item to="/insights" name={views.insights} icon={<ChartIcon />} onGo={onGo} />
        <Item to="/activity" name={views.activity} icon={<ActivityIcon />} onGo={onGo} />
      </ul>
      <Section
        name={views.projects}
        add={views.addProject}
        onAdd={() => {
          setOpen({ kind: "project", what: null });
        }}
      >
        {kept.map(projectItem)}
        {archived.length > 0 && (
          <li>
            <button
              type="button"
              aria-expanded={showArchived}
              className="flex min-h-11 w-full items-center gap-2 rounded-card px-2 text-meta text-muted hover:bg-hover wide:min-h-8"
              onClick={() => {
                setShowArchived(!showArchived);
              }}
            >
              <ChevronIcon className={`size-4 ${showArchived ? "" : "-rotate-90"}`} />
              {views.archived(archived.length)}
            </button>
          </li>
        )}
        {showArchived && archived.map(projectItem)}
      </Section>
      <Section
        name={views.labels}
        add={views.addLabel}
        onAdd={() => {
          setOpen({ kind: "label", what: null });
        }}
      >
        {labels.map((label) => (
          <Item
            key={label.id}
            to={`/labels/${label.id}`}
            name={label.name}
            count={counts.byLabel.get(label.id) ?? 0}
            icon={<Sign of="label" colour={label.colour} className="w-4 text-center" />}
            drop={`label-${label.id}`}
            onGo={onGo}
            menu={[
              {
                label: views.edit,
                run: () => {
                  setOpen({ kind: "label", what: label });
                },
              },
              {
                label: views.remove,
                run: () => {
                  setOpen({ kind: "remove label", what: label });
                },
              },
            ]}
          />
        ))}
      </Section>
      {open && (
        <organise.Part
          of={{
            open,
            onClose: () => {
              setOpen(null);
            },
          }}
          failed={() => (
            <Unopened
              onClose={() => {
                setOpen(null);
              }}
            />
          )}
        />
      )}
    </nav>
  );
}

function useTodayCount({ upcoming, missed }: Board): number {
  const zone = useZone();
  const today = useToday(zone);
  return useMemo(() => {
    const isToday = matcher({ place: { kind: "today" }, filter: NO_FILTER }, { zone, today });
    return [...upcoming, ...missed].filter(isToday).length;
  }, [missed, today, upcoming, zone]);
}

interface SectionProps {
  readonly name: string;
  readonly add: string;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

function Section({ name, add, onAdd, children }: SectionProps) {
  return (
    <section aria-label={name} className="grid grid-cols-1 gap-0.5">
      <div className="flex items-center justify-between pl-2">
        <h2 className="text-meta text-muted">{name}</h2>
        <IconButton label={add} className="wide:size-7" onClick={onAdd}>
          <PlusIcon />
        </IconButton>
      </div>
      <ul className="grid grid-cols-1 gap-0.5">{children}</ul>
    </section>
  );
}

interface ItemProps {
  readonly to: string;
  readonly name: string;
  readonly icon: ReactNode;
  readonly count?: number;
  /** What becomes of a card that is dropped on it. */
  readonly drop?: string;
  readonly menu?: readonly { readonly label: string; readonly run: () => void }[];
  readonly onGo: (() => void) | undefined;
}

function Item({ to, name, icon, count, drop, menu, onGo }: ItemProps) {
  return (
    <li data-drop={drop} className="group/item relative flex items-center rounded-card">
      <Link
        to={to as "/"}
        activeOptions={{ exact: true, includeSearch: false }}
        className={`flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-card px-2 text-muted hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:font-semibold aria-[current]:text-ink wide:min-h-8 ${menu ? "pr-9" : ""}`}
        onClick={onGo}
      >
        {icon}
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {count !== undefined && count > 0 && (
          <span
            className={`tabular text-meta font-normal text-muted ${menu ? "-mr-7 group-focus-within/item:invisible group-hover/item:invisible pointer-coarse:mr-2 pointer-coarse:visible" : ""}`}
          >
            {count}
            <span className="sr-only"> {views.open}</span>
          </span>
        )}
      </Link>
      {menu && (
        <span className="absolute right-0 opacity-0 group-focus-within/item:opacity-100 group-hover/item:opacity-100 pointer-coarse:opacity-100">
          <Menu
            label={views.more(name)}
            className="inline-flex size-11 items-center justify-center rounded-card text-muted hover:text-ink wide:size-8"
            items={menu}
          >
            <MoreIcon />
          </Menu>
        </span>
      )}
    </li>
  );
}
