import { createRef, useState } from "react";

import { noDeadline } from "@/features/tasks/deadline/deadline";
import { QuickAdd } from "@/features/tasks/quick-add/QuickAdd";

import { makeTestWorkspace, screen } from "./render";

/** The line for new tasks, by itself. */
export function Line() {
  const [choice, setChoice] = useState(noDeadline);
  const [line] = useState(() => createRef<HTMLInputElement>());
  return <QuickAdd inputRef={line} choice={choice} onChoose={setChoice} />;
}

export const input = () => screen.getByLabelText("New task", { selector: "input" });
export const chips = () => screen.queryAllByRole("listitem").map((chip) => chip.textContent);

/** Without a server: what is understood is the line's own reading. */
export function makeOfflineWorkspace() {
  const workspace = makeTestWorkspace(null);
  workspace.connection.set({ state: "offline", reason: null });
  return workspace;
}
