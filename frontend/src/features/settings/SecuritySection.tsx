import { settings } from "@/shared/text/settings";

import { Part, type SectionProps } from "./Part";
import { PasswordForm } from "./PasswordForm";
import { Sessions } from "./Sessions";

export function SecuritySection({ user, onGone }: SectionProps) {
  return (
    <>
      <Part
        title={settings.password}
        hint={user.is_guest ? settings.guestNoPassword : settings.passwordHint}
      >
        {!user.is_guest && <PasswordForm email={user.email} />}
      </Part>
      <Part title={settings.sessions} hint={settings.sessionsHint}>
        <Sessions zone={user.time_zone} onGone={onGone} />
      </Part>
    </>
  );
}
