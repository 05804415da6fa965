import { settings } from "@/shared/text/settings";

import { HoursForm } from "./HoursForm";
import { Part, type SectionProps } from "./Part";

export function HoursSection({ user, onChanged }: SectionProps) {
  return (
    <Part title={settings.sections.hours} hint={settings.hoursHint}>
      {/* Other hours, such as those that a plan's fix has set, are another form. */}
      <HoursForm key={JSON.stringify(user.working_hours)} user={user} onChanged={onChanged} />
    </Part>
  );
}
