import { settings } from "@/shared/text/settings";

import { DeleteAccount } from "./DeleteAccount";
import { LanguageChoice } from "./LanguageChoice";
import { Part, type SectionProps } from "./Part";
import { ThemeChoice } from "./ThemeChoice";
import { ZoneForm } from "./ZoneForm";

export function AccountSection({ user, onChanged, onGone }: SectionProps) {
  return (
    <>
      <Part title={settings.profile}>
        <LanguageChoice user={user} onChanged={onChanged} />
        <ThemeChoice />
        <ZoneForm user={user} onChanged={onChanged} />
      </Part>
      <Part title={settings.deleteTitle}>
        <DeleteAccount user={user} onDeleted={onGone} />
      </Part>
    </>
  );
}
