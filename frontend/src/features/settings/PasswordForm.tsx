import { useRef } from "react";

import { changePassword } from "@/shared/api/changePassword";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";
import { text } from "@/shared/text";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { showToast } from "@/shared/ui/toasts";

export function PasswordForm({ email }: { readonly email: string }) {
  const element = useRef<HTMLFormElement>(null);
  const form = useSubmit(async (entered) => {
    await changePassword(entry(entered, "current_password"), entry(entered, "new_password"));
    element.current?.reset();
    showToast({ message: settings.passwordChanged });
  }, settings.notDone);
  return (
    <form ref={element} className="grid gap-4" onSubmit={form.onSubmit}>
      {/* Tells a password manager whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <Field
        label={settings.currentPassword}
        name="current_password"
        type="password"
        autoComplete="current-password"
        required
        error={form.errorOf("current_password")}
      />
      <Field
        label={text.auth.newPassword}
        name="new_password"
        type="password"
        autoComplete="new-password"
        minLength={8}
        required
        hint={text.auth.passwordHint}
        error={form.errorOf("new_password")}
      />
      <FormError message={form.errorBeside("current_password", "new_password")} />
      <Button type="submit" className="justify-self-start" disabled={form.busy}>
        {settings.changePassword}
      </Button>
    </form>
  );
}
