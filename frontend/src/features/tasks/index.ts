/** What the rest of the app may know of the board, beside the board itself: not every page needs that. */
export { useLabels, useProjects, useWorkspace, WorkspaceProvider } from "./context";
export { ViewProvider } from "./board/hands";
export { Anywhere } from "./frame/Anywhere";
export { Away } from "./frame/Away";
export { MissAnnouncer } from "./frame/MissAnnouncer";
export { Sidebar } from "./frame/Sidebar";
export { Tabs } from "./frame/Tabs";
export { UndoKey } from "./frame/UndoKey";
export { ConnectionPill } from "./header/ConnectionPill";
export { NextDeadline } from "./header/NextDeadline";
export { PaletteButton } from "./header/PaletteButton";
export { makeWorkspace } from "./workspace";
