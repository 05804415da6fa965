import { deleteMe } from "@/shared/api/deleteMe";
import type { User } from "@/shared/api/types";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

interface DeleteAccountProps {
  readonly user: User;
  readonly onDeleted: () => void;
}

export function DeleteAccount({ user, onDeleted }: DeleteAccountProps) {
  const form = useSubmit(async (entered) => {
    await deleteMe(user.is_guest ? null : entry(entered, "password"));
    onDeleted();
  });
  return (
    <form className="grid gap-4" onSubmit={form.onSubmit}>
      <p className="text-muted">{text.settings.deleteHint}</p>
      {!user.is_guest && (
        <Field
          label={text.settings.deletePassword}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={form.errorOf("password")}
        />
      )}
      <FormError message={form.errorBeside("password")} />
      <Button type="submit" look="danger" className="justify-self-start" disabled={form.busy}>
        {text.settings.deleteAccount}
      </Button>
    </form>
  );
}
