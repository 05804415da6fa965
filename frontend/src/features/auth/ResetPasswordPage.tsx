import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { resetPassword } from "@/shared/api/resetPassword";
import { text } from "@/shared/text";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { AuthPage } from "./AuthPage";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";

interface ResetPasswordPageProps {
  /** From the link in the letter. */
  readonly resetKey: string;
}

export function ResetPasswordPage({ resetKey }: ResetPasswordPageProps) {
  const [done, setDone] = useState(false);
  const form = useSubmit(async (entered) => {
    await resetPassword(resetKey, entry(entered, "password"));
    setDone(true);
  });
  return (
    <AuthPage title={text.auth.resetTitle}>
      {done ? (
        <>
          <p role="status">{text.auth.resetDone}</p>
          <Link to="/signin" className={buttonClass("main")}>
            {text.auth.signIn}
          </Link>
        </>
      ) : (
        <form className="grid gap-4" onSubmit={form.onSubmit}>
          <Field
            label={text.auth.newPassword}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            required
            hint={text.auth.passwordHint}
            error={form.errorOf("password")}
          />
          <FormError message={form.errorOf("key") && text.auth.resetBad} />
          <FormError message={form.errorBeside("password", "key")} />
          <Button type="submit" look="main" disabled={form.busy}>
            {text.auth.resetSave}
          </Button>
        </form>
      )}
    </AuthPage>
  );
}
