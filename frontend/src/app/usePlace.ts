import { useParams, useRouterState, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useLabels, useProjects } from "@/features/tasks";
import {
  type BoardSearch,
  filterOf,
  pageOfWord,
  placeOfWord,
  searchOf,
} from "@/features/tasks/view/address";
import { fold, type Place, type View } from "@/features/tasks/view/view";
import { SIGNS } from "@/shared/lib/signs";
import { views } from "@/shared/text/views";

interface Placed {
  readonly view: View;
  /** What it is called. */
  readonly title: string;
  /** Where closing an open task leads: to what it was opened from. */
  readonly back: Address;
  /** The board without it. */
  readonly behind: Address;
}

interface Address {
  readonly to: "/";
  readonly search: BoardSearch;
}

/** What the address says is to be looked at. */
export function usePlace(): Placed {
  const { projectId, labelId, taskId } = useParams({ strict: false });
  const { project, label, priority, q, order, bucket, in: from } = useSearch({ strict: false });
  const today = useRouterState({ select: ({ location }) => location.pathname === "/today" });
  const projects = useProjects();
  const labels = useLabels();
  return useMemo(() => {
    let place: Place = { kind: "all" };
    if (taskId !== undefined) place = placeOfWord(from);
    else if (today) place = { kind: "today" };
    else if (projectId !== undefined) place = { kind: "project", id: projectId };
    else if (labelId !== undefined) place = { kind: "label", id: labelId };
    let title: string = place.kind === "today" ? views.today : views.all;
    if (place.kind === "project") {
      const { id } = place;
      title = projects.find((one) => one.id === id)?.name ?? views.project;
    } else if (place.kind === "label") {
      // A person writes a name where the page writes an id.
      const { id } = place;
      const found =
        labels.find((one) => one.id === id) ?? labels.find((one) => fold(one.name) === fold(id));
      if (found) place = { kind: "label", id: found.id };
      title = found ? SIGNS.label + found.name : views.label;
    }
    const filter = filterOf({
      ...(project === undefined ? {} : { project }),
      ...(label === undefined ? {} : { label }),
      ...(priority === undefined ? {} : { priority }),
      ...(q === undefined ? {} : { q }),
      ...(order === undefined ? {} : { order }),
    });
    const behind = {
      to: pathOf(place),
      search: { ...searchOf(filter), ...(bucket ? { bucket } : {}) },
    };
    const page = pageOfWord(from);
    const back = page === null ? behind : { to: `/${page}` as "/", search: {} };
    return { view: { place, filter }, title, back, behind };
  }, [
    bucket,
    from,
    label,
    labelId,
    labels,
    order,
    priority,
    project,
    projectId,
    projects,
    q,
    taskId,
    today,
  ]);
}

function pathOf(place: Place): "/" {
  const path =
    place.kind === "all"
      ? "/"
      : place.kind === "today"
        ? "/today"
        : `/${place.kind}s/${encodeURIComponent(place.id)}`;
  return path as "/";
}
