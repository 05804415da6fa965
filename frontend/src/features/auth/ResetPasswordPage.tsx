import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { checkResetKey } from "@/shared/api/checkResetKey";
import { resetPassword } from "@/shared/api/resetPassword";
import { text } from "@/shared/text";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { NarrowPage } from "@/shared/ui/NarrowPage";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";

interface ResetPasswordPageProps {
  /** From the link in the letter. */
  readonly resetKey: string;
}

export function ResetPasswordPage({ resetKey }: ResetPasswordPageProps) {
  const [done, setDone] = useState(false);
  const [bad, setBad] = useState(false);
  useEffect(() => {
    checkResetKey(resetKey).then(
      (good) => {
        setBad(!good);
      },
      () => {
        // Not known; the saving will tell.
      },
    );
  }, [resetKey]);
  const form = useSubmit(async (entered) => {
    await resetPassword(resetKey, entry(entered, "password"));
    setDone(true);
  });
  return (
    <NarrowPage title={text.auth.resetTitle}>
      {done ? (
        <>
          <p role="status">{text.auth.resetDone}</p>
          <Link to="/signin" className={buttonClass("main")}>
            {text.auth.signIn}
          </Link>
        </>
      ) : bad || form.errorOf("key") !== undefined ? (
        <>
          <p role="alert">{text.auth.resetBad}</p>
          <Link to="/forgot-password" className={buttonClass("main")}>
            {text.auth.resetAgain}
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
          <FormError message={form.errorBeside("password")} />
          <Button type="submit" look="main" disabled={form.busy}>
            {text.auth.resetSave}
          </Button>
        </form>
      )}
    </NarrowPage>
  );
}
