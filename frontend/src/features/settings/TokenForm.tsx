import { useId, useRef, useState } from "react";

import { makeToken } from "@/shared/api/makeToken";
import type { AccessTokenFields, NewAccessToken } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";
import { DAY_MS } from "@/shared/lib/durations";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { Choice } from "./Choice";

const SCOPES = ["tasks:read", "tasks:write", "events", "ai"] as const;
/** How long a token is good for, in days; null: until it is revoked. */
const EXPIRIES = { month: 30, quarter: 90, year: 365, never: null } as const;
type Expiry = keyof typeof EXPIRIES;

const NAME_LIMIT = 100;

/** Makes an access token. */
export function TokenForm({ onMade }: { readonly onMade: (token: NewAccessToken) => void }) {
  const element = useRef<HTMLFormElement>(null);
  const clock = useClock();
  const note = useId();
  const [unscoped, setUnscoped] = useState(false);
  const form = useSubmit(async (entered) => {
    const scopes = SCOPES.filter((scope) => entered.getAll("scope").includes(scope));
    setUnscoped(scopes.length === 0);
    if (scopes.length === 0) return;
    const days = EXPIRIES[entry(entered, "expiry") as Expiry];
    const fields: AccessTokenFields = {
      name: entry(entered, "name").trim(),
      scopes,
      expires_at: days === null ? null : new Date(clock.now() + days * DAY_MS).toISOString(),
    };
    onMade(await makeToken(fields));
    element.current?.reset();
  }, settings.notDone);
  return (
    <form ref={element} className="grid gap-4" onSubmit={form.onSubmit}>
      <Field
        label={settings.tokenName}
        name="name"
        required
        maxLength={NAME_LIMIT}
        autoComplete="off"
        placeholder={settings.tokenNamePlaceholder}
        error={form.errorOf("name")}
      />
      <fieldset
        className="grid"
        aria-describedby={unscoped ? note : undefined}
        onChange={() => {
          setUnscoped(false);
        }}
      >
        <legend className="mb-1 text-meta text-muted">{settings.scopes}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              defaultChecked={scope === "tasks:read"}
              aria-invalid={unscoped ? true : undefined}
              className="size-[18px] accent-accent"
            />
            <span className="flex flex-wrap items-baseline gap-x-2">
              {settings.scopeNames[scope]}
              <code className="text-meta text-muted">{scope}</code>
            </span>
          </label>
        ))}
        {unscoped && (
          <p id={note} role="alert" className="text-meta text-missed">
            {settings.scopesMissing}
          </p>
        )}
      </fieldset>
      <Choice
        label={settings.expiry}
        name="expiry"
        defaultValue="quarter"
        options={(Object.keys(EXPIRIES) as Expiry[]).map((value) => ({
          value,
          label: settings.expiries[value],
        }))}
      />
      <FormError message={form.errorBeside("name")} />
      <Button type="submit" className="justify-self-start" disabled={form.busy}>
        {settings.makeToken}
      </Button>
    </form>
  );
}
