import type { Label, Project } from "@/shared/api/types";

import type { Commands, NewTaskFields } from "../commands";
import { type Reading, sameName } from "./reading";

/** What a project or label is coloured until somebody chooses otherwise. */
const NEW_COLOUR = "grey";

/** What a line says of a task beside title and deadline. Projects and labels that are new are made. */
export function fieldsOf(
  { project, labels, priority, estimate }: Reading,
  known: { readonly projects: readonly Project[]; readonly labels: readonly Label[] },
  commands: Pick<Commands, "createProject" | "createLabel">,
): NewTaskFields {
  const idOf = (
    name: string,
    among: readonly { readonly id: string; readonly name: string }[],
    make: (name: string, colour: typeof NEW_COLOUR) => string,
  ) => among.find((one) => sameName(one.name, name))?.id ?? make(name, NEW_COLOUR);
  return {
    ...(project === null
      ? {}
      : {
          project: idOf(
            project,
            known.projects.filter(({ archived }) => !archived),
            commands.createProject,
          ),
        }),
    ...(labels.length === 0
      ? {}
      : { labels: labels.map((name) => idOf(name, known.labels, commands.createLabel)) }),
    ...(priority === null ? {} : { priority }),
    ...(estimate === null ? {} : { estimate_min: estimate }),
  };
}
