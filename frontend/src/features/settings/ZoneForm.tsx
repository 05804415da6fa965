import { useState } from "react";

import type { User } from "@/shared/api/types";
import { updateMe } from "@/shared/api/updateMe";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";
import { isZone } from "@/shared/lib/zone";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { showToast } from "@/shared/ui/toasts";

const ZONES = Intl.supportedValuesOf("timeZone");

interface ZoneFormProps {
  readonly user: User;
  readonly onChanged: (user: User) => void;
}

export function ZoneForm({ user, onChanged }: ZoneFormProps) {
  const [unknown, setUnknown] = useState(false);
  const form = useSubmit(async (entered) => {
    const zone = entry(entered, "time_zone").trim();
    setUnknown(!isZone(zone));
    if (!isZone(zone)) return;
    onChanged(await updateMe({ time_zone: zone }));
    showToast({ message: settings.saved });
  }, settings.notDone);
  return (
    <form className="grid gap-4" onSubmit={form.onSubmit}>
      <Field
        label={settings.zone}
        name="time_zone"
        list="zones"
        autoComplete="off"
        required
        defaultValue={user.time_zone}
        hint={settings.zoneHint}
        error={unknown ? settings.zoneUnknown : form.errorOf("time_zone")}
      />
      <datalist id="zones">
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <FormError message={form.errorBeside("time_zone")} />
      <Button type="submit" className="justify-self-start" disabled={form.busy}>
        {settings.save}
      </Button>
    </form>
  );
}
