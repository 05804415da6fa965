import { useState } from "react";

import { explain } from "@/shared/api/errors";
import {
  importFile,
  type ImportFormat,
  type ImportRequest,
  previewImport,
} from "@/shared/api/importFile";
import type { ImportReport } from "@/shared/api/types";
import { FormError } from "@/shared/forms/FormError";
import { useIsHere } from "@/shared/lib/useIsHere";
import { newUuid } from "@/shared/lib/uuid";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { takeBack } from "@/shared/ui/takeBack";
import { showRefusal } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";

import { Choice } from "./Choice";
import { formatOf } from "./format";
import { foundText, ImportFindings, isEmpty } from "./ImportFindings";

/** What the server takes in one file. */
const LIMIT_BYTES = 10 * 1024 * 1024;
const FORMATS: readonly ImportFormat[] = ["taskengine", "csv", "todoist"];

interface Looked {
  readonly request: ImportRequest;
  readonly report: ImportReport;
  /** Names the import: sent twice, it happens once. */
  readonly opId: string;
}

/** Looks through a file first; imports it when the person has seen what that would do. */
export function ImportForm() {
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<ImportFormat>("taskengine");
  const [project, setProject] = useState("");
  const [looked, setLooked] = useState<Looked | null>(null);
  const [busy, setBusy] = useState(false);
  const isHere = useIsHere();
  const [problem, setProblem] = useState<string | null>(null);

  const attempt = async (act: () => Promise<void>, missed?: (why: string) => string) => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      if (isHere()) setProblem(explain(error));
      else if (missed) showRefusal(missed(explain(error)));
    } finally {
      setBusy(false);
    }
  };
  const take = (chosen: File | null) => {
    setFile(chosen);
    setProblem(chosen && chosen.size > LIMIT_BYTES ? settings.importTooLarge : null);
    if (!chosen || chosen.size > LIMIT_BYTES) return;
    void chosen
      .slice(0, 4096)
      .text()
      .then((beginning) => {
        setFormat(formatOf(chosen.name, beginning));
      });
  };
  const look = (chosen: File) =>
    attempt(async () => {
      const request = { format, project: project.trim(), content: await chosen.text() };
      const report = await previewImport(request);
      setLooked({ request, report, opId: newUuid() });
    });
  const carryOut = ({ request, opId }: Looked) =>
    attempt(async () => {
      const { made } = await importFile(request, opId);
      setLooked(null);
      setFile(null);
      undos.offer({
        ops: [opId],
        says: settings.imported(foundText(made)),
        tellsItself: true,
        takeBack: () => void takeBack(opId),
      });
    }, settings.notImported);

  if (looked) {
    const { report } = looked;
    return (
      <div className="grid gap-4">
        <ImportFindings report={report} />
        <FormError message={problem ?? undefined} />
        <div className="flex flex-wrap gap-2">
          {!isEmpty(report.made) && (
            <Button look="main" disabled={busy} onClick={() => void carryOut(looked)}>
              {report.left_out > 0 ? settings.importRest : settings.importNow}
            </Button>
          )}
          <Button
            autoFocus
            onClick={() => {
              setLooked(null);
              setFile(null);
              setProblem(null);
            }}
          >
            {settings.importCancel}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (file && file.size <= LIMIT_BYTES) void look(file);
      }}
    >
      <Field
        label={settings.importFile}
        type="file"
        name="file"
        className="field py-1.5! pl-1.5! file:mr-3 file:min-h-[30px] file:rounded-card file:border-0 file:bg-hover file:px-3 file:text-ink"
        accept=".json,.csv,application/json,text/csv"
        onChange={(event) => {
          take(event.target.files?.[0] ?? null);
        }}
      />
      <Choice
        label={settings.importFormat}
        value={format}
        options={FORMATS.map((value) => ({ value, label: settings.importFormats[value] }))}
        onChange={(event) => {
          setFormat(event.target.value as ImportFormat);
        }}
      />
      {format === "todoist" && (
        <Field
          label={settings.importProject}
          hint={settings.importProjectHint}
          autoComplete="off"
          value={project}
          onChange={(event) => {
            setProject(event.target.value);
          }}
        />
      )}
      <FormError message={problem ?? undefined} />
      <Button type="submit" className="justify-self-start" disabled={busy || !file}>
        {settings.importLook}
      </Button>
    </form>
  );
}
