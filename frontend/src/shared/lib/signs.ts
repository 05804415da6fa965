/**
 * The signs of projects and labels: they are typed, and shown, alike. The server reads the same ones
 * (`POST /tasks/parse/`).
 */
export const SIGNS = { project: "#", label: "@" } as const;
export type Signed = keyof typeof SIGNS;
