import type { ImportFormat } from "@/shared/api/importFile";

/** What kind of file it most likely is, by its name and how it begins. The person can say otherwise. */
export function formatOf(name: string, beginning: string): ImportFormat {
  if (/\.json$/i.test(name) || /^\uFEFF?\s*\{/.test(beginning)) return "taskengine";
  return /^\uFEFF?"?TYPE"?[,;\t]"?CONTENT"?[,;\t]/.test(beginning) ? "todoist" : "csv";
}
