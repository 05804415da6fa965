import { settings } from "@/shared/text/settings";
import { buttonClass } from "@/shared/ui/Button";

import { ImportForm } from "./ImportForm";
import { Part } from "./Part";

const EXPORT = "/api/v1/export/";

export function DataSection() {
  return (
    <>
      <Part title={settings.export} hint={settings.exportHint}>
        <div className="flex flex-wrap gap-2">
          {/* Links: the browser saves the file as it comes, however long it is. */}
          <a href={EXPORT} download className={buttonClass()}>
            {settings.exportJson}
          </a>
          <a href={`${EXPORT}?format=csv`} download className={buttonClass()}>
            {settings.exportCsv}
          </a>
        </div>
      </Part>
      <Part title={settings.import} hint={settings.importHint}>
        <ImportForm />
      </Part>
    </>
  );
}
