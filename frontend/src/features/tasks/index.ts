/** What the rest of the app may know of the board. */
export { BoardPage } from "./board/BoardPage";
export { useWorkspace, WorkspaceProvider } from "./context";
export { ConnectionPill } from "./header/ConnectionPill";
export { NextDeadline } from "./header/NextDeadline";
export { makeWorkspace } from "./workspace";
