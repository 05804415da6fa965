import { useEffect, useState } from "react";

import { explain } from "@/shared/api/errors";
import type { User } from "@/shared/api/types";
import { updateMe } from "@/shared/api/updateMe";
import { LANGUAGES, nameOfLanguage, speakAs } from "@/shared/text/language";
import { settings } from "@/shared/text/settings";
import { showRefusal, showToast } from "@/shared/ui/toasts";

import { Choice } from "./Choice";

const ID = "language";
const AUTO = "";

interface LanguageChoiceProps {
  readonly user: User;
  readonly onChanged: (user: User) => void;
}

/** Another language draws the whole page anew; the focus comes back to where it was chosen. */
let chosenHere = false;

export function LanguageChoice({ user, onChanged }: LanguageChoiceProps) {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (chosenHere) document.getElementById(ID)?.focus();
    chosenHere = false;
  }, []);

  // Another client may have chosen one that the page does not speak; the search still does.
  const codes = new Set<string>([...LANGUAGES, ...(user.language ? [user.language] : [])]);
  const choose = async (value: string) => {
    setBusy(true);
    try {
      const changed = await updateMe({ language: (value || null) as User["language"] });
      chosenHere = true;
      onChanged(changed);
      await speakAs(changed.language);
      showToast({ message: settings.saved });
    } catch (error) {
      showRefusal(settings.notDone(explain(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Choice
      id={ID}
      label={settings.language}
      hint={settings.languageHint}
      value={user.language ?? AUTO}
      aria-busy={busy}
      options={[
        { value: AUTO, label: settings.languageAuto },
        ...[...codes].map((code) => ({ value: code, label: nameOfLanguage(code) })),
      ]}
      onChange={(event) => {
        void choose(event.target.value);
      }}
    />
  );
}
