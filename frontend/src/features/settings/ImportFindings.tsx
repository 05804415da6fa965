import type { ImportReport } from "@/shared/api/types";
import { settings } from "@/shared/text/settings";

type Counts = ImportReport["made"];
type Finding = ImportReport["errors"][number];

/** More would be a wall. */
const SHOWN = 20;

export function foundText({ tasks, projects, labels }: Counts): string {
  return settings.importFound(tasks, projects, labels);
}

export function isEmpty(counts: Counts): boolean {
  return total(counts) === 0;
}

/** What a file would bring, and what in it is not right, line by line. */
export function ImportFindings({ report }: { readonly report: ImportReport }) {
  const { made, there, left_out, errors, warnings, warning_count } = report;
  const known = total(there);
  return (
    <div role="status" className="grid gap-3">
      <p className="font-semibold">
        {isEmpty(made) ? settings.importNothing : settings.importWould(foundText(made))}
      </p>
      {known > 0 && <p className="text-muted">{settings.importThere(known)}</p>}
      {errors.length > 0 && (
        <Findings title={settings.importErrors(errors.length)} found={errors} all={errors.length} />
      )}
      {left_out > 0 && <p>{settings.importLeftOut(left_out)}</p>}
      {warning_count > 0 && (
        <Findings
          title={settings.importWarnings(warning_count)}
          found={warnings}
          all={warning_count}
        />
      )}
    </div>
  );
}

interface FindingsProps {
  readonly title: string;
  readonly found: readonly Finding[];
  readonly all: number;
}

function Findings({ title, found, all }: FindingsProps) {
  const shown = found.slice(0, SHOWN);
  return (
    <div className="grid gap-1">
      <p>{title}</p>
      <ul className="grid gap-1 border-l border-line-strong pl-3 text-meta">
        {shown.map(({ pointer, detail }, place) => (
          <li key={place}>
            <span className="tabular text-muted">{placeOf(pointer)}</span> {detail}
          </li>
        ))}
        {all > shown.length && (
          <li className="text-muted">{settings.importAndMore(all - shown.length)}</li>
        )}
      </ul>
    </div>
  );
}

/** `/rows/7/deadline` as "Line 7, deadline". */
export function placeOf(pointer: string): string {
  const [, kind = "", place = "", field] = pointer.replace(/^#/, "").split("/");
  const where =
    kind === "rows" ? settings.importRow(place) : settings.importItem(kind, place).trim();
  return field === undefined ? where : settings.importField(where, field);
}

function total({ tasks, projects, labels }: Counts): number {
  return tasks + projects + labels;
}
