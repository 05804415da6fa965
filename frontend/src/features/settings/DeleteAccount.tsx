import { useRef, useState } from "react";

import { deleteMe } from "@/shared/api/deleteMe";
import type { User } from "@/shared/api/types";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Confirm";
import { Field } from "@/shared/ui/Field";

interface DeleteAccountProps {
  readonly user: User;
  readonly onDeleted: () => void;
}

/** Deletes in two steps: a password and the press, or, of a guest, who has none, two presses. */
export function DeleteAccount({ user, onDeleted }: DeleteAccountProps) {
  const element = useRef<HTMLFormElement>(null);
  const [asking, setAsking] = useState(false);
  const form = useSubmit(async (entered) => {
    await deleteMe(user.is_guest ? null : entry(entered, "password"));
    onDeleted();
  }, settings.notDone);
  return (
    <form
      ref={element}
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (user.is_guest) setAsking(true);
        else void form.submit(event.currentTarget);
      }}
    >
      <p className="text-muted">{settings.deleteHint}</p>
      {!user.is_guest && (
        <Field
          label={settings.deletePassword}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={form.errorOf("password")}
        />
      )}
      <FormError message={form.errorBeside("password")} />
      <Button type="submit" look="danger" className="justify-self-start" disabled={form.busy}>
        {settings.deleteAccount}
      </Button>
      {asking && (
        <Confirm
          question={settings.deleteHint}
          yes={settings.deleteYes}
          onYes={() => {
            if (element.current) void form.submit(element.current);
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </form>
  );
}
