import type { Label, Project } from "@/shared/api/types";

import type { Commands, NewTaskFields } from "../commands";
import { picked } from "../deadline/deadline";
import type { Place } from "../view/view";
import { type Reading, sameName } from "./reading";

/** What a project or label is coloured until somebody chooses otherwise. */
const NEW_COLOUR = "grey";

/**
 * What a line says of a task beside title and deadline. Projects and labels that are new are made. What
 * is added in a project's or label's place belongs there, unless the line names another project.
 */
export function fieldsOf(
  { project, labels, priority, estimate }: Reading,
  known: { readonly projects: readonly Project[]; readonly labels: readonly Label[] },
  commands: Pick<Commands, "createProject" | "createLabel">,
  place: Place = { kind: "all" },
): NewTaskFields {
  const idOf = (
    name: string,
    among: readonly { readonly id: string; readonly name: string }[],
    make: (name: string, colour: typeof NEW_COLOUR) => string,
  ) => among.find((one) => sameName(one.name, name))?.id ?? make(name, NEW_COLOUR);
  const projects = known.projects.filter(({ archived }) => !archived);
  const inProject =
    project !== null
      ? idOf(project, projects, commands.createProject)
      : place.kind === "project" && projects.some(({ id }) => id === place.id)
        ? place.id
        : null;
  const inLabels = new Set(labels.map((name) => idOf(name, known.labels, commands.createLabel)));
  if (place.kind === "label" && known.labels.some(({ id }) => id === place.id)) {
    inLabels.add(place.id);
  }
  return {
    ...(inProject === null ? {} : { project: inProject }),
    ...(inLabels.size === 0 ? {} : { labels: [...inLabels] }),
    ...(priority === null ? {} : { priority }),
    ...(estimate === null ? {} : { estimate_min: estimate }),
  };
}

/**
 * What a line means in a place: what is added in Today is due today, when the day ends, unless the line
 * says by when. It would not be seen there otherwise.
 */
export function readIn(place: Place, reading: Reading, today: string, zone: string): Reading {
  if (place.kind !== "today" || reading.deadline.deadline !== null) return reading;
  return { ...reading, deadline: picked(today, "", zone) };
}
