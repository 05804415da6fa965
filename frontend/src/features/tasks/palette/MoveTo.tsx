import type { Task } from "@/shared/api/types";
import { keys } from "@/shared/text/keys";
import { views } from "@/shared/text/views";
import { Sign } from "@/shared/ui/Sign";

import { useProjects, useWorkspace } from "../context";
import { Group, Item } from "./Item";

interface MoveToProps {
  readonly tasks: readonly Task[];
  /** Closes the palette before it does something. */
  readonly run: (what: () => void) => () => void;
}

/** The projects into which tasks can be moved, or out of all. */
export function MoveTo({ tasks, run }: MoveToProps) {
  const { commands } = useWorkspace();
  const projects = useProjects().filter(({ archived }) => !archived);
  const to = (project: string | null) =>
    run(() => {
      commands.move(tasks, project);
    });
  return (
    <Group name={keys.moveTo}>
      {projects.map(({ id, name, colour }) => (
        <Item key={id} id={id} name={name} onRun={to(id)}>
          <Sign of="project" colour={colour} className="w-4 text-center" />
        </Item>
      ))}
      <Item name={views.noProject} onRun={to(null)} />
    </Group>
  );
}
