import { API, send } from "./http";
import type { ImportReport } from "./types";

export type ImportFormat = "taskengine" | "csv" | "todoist";

export interface ImportRequest {
  readonly format: ImportFormat;
  /** Of a Todoist backup: which project its tasks go into. Empty: as the file says. */
  readonly project: string;
  readonly content: string;
}

/** Says what an import would make, and what is wrong in the file. Nothing is made. */
export function previewImport(request: ImportRequest): Promise<ImportReport> {
  return sendFile(request, { dry_run: "true" });
}

/** Makes what is right in the file, as one operation that can be undone by its name. */
export function importFile(request: ImportRequest, opId: string): Promise<ImportReport> {
  return sendFile(request, {}, opId);
}

async function sendFile(
  { format, project, content }: ImportRequest,
  how: Readonly<Record<string, string>>,
  opId?: string,
): Promise<ImportReport> {
  const query = new URLSearchParams({ ...how, format, skip_invalid: "true" });
  if (format === "todoist" && project !== "") query.set("project", project);
  const type = format === "taskengine" ? "application/json" : "text/csv";
  return (await send("POST", `${API}/import/?${query}`, {
    file: { type, content },
    ...(opId === undefined ? {} : { opId }),
  })) as ImportReport;
}
