import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";

import { useTaskSearch } from "./useTaskSearch";

interface TaskLinkProps extends Pick<
  ComponentProps<"a">,
  "className" | "onClick" | "draggable" | "children"
> {
  readonly id: string;
  readonly "data-control"?: string;
  /** It stands on the board: closing what it opens leads back there, whatever is open. */
  readonly onBoard?: true;
}

/** A way into a task that leaves the board behind it as it is. */
export function TaskLink({ id, onBoard, ...rest }: TaskLinkProps) {
  const search = useTaskSearch({ anew: onBoard === true });
  return <Link to="/tasks/$taskId" params={{ taskId: id }} search={search} {...rest} />;
}
