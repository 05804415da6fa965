import { useState } from "react";

import { useObservable } from "@/shared/lib/observable";
import { AHEAD_MIN, chooseNotices, noticeChoice, permission } from "@/shared/notices/choice";
import { show } from "@/shared/notices/show";
import { text } from "@/shared/text";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";

import { Choice } from "./Choice";
import { Part } from "./Part";

const NEVER = "";
const HOUR_MIN = 60;

export function NoticesSection() {
  const chosen = useObservable(noticeChoice);
  const [allowed, setAllowed] = useState(permission);
  const on = chosen.on && allowed === "granted";
  const turn = async (wanted: boolean) => {
    if (wanted && allowed === "default") {
      const answer = await Notification.requestPermission();
      setAllowed(answer);
      if (answer !== "granted") return;
    }
    chooseNotices({ ...chosen, on: wanted });
  };
  return (
    <Part title={settings.sections.notifications} hint={settings.noticesHint}>
      {allowed === null && <p>{settings.noticesUnsupported}</p>}
      {allowed === "denied" && <p role="status">{settings.noticesBlocked}</p>}
      <label className="flex min-h-11 cursor-pointer items-center gap-3">
        <input
          type="checkbox"
          className="size-[18px] accent-accent"
          checked={on}
          disabled={allowed === null || allowed === "denied"}
          onChange={(event) => void turn(event.target.checked)}
        />
        {settings.notices}
      </label>
      {on && (
        <>
          <Choice
            label={settings.ahead}
            value={chosen.aheadMin === null ? NEVER : String(chosen.aheadMin)}
            options={[
              { value: NEVER, label: settings.aheadNever },
              ...AHEAD_MIN.map((minutes) => ({
                value: String(minutes),
                label: minutes === HOUR_MIN ? settings.aheadHour : settings.aheadMinutes(minutes),
              })),
            ]}
            onChange={(event) => {
              const { value } = event.target;
              chooseNotices({ on: true, aheadMin: value === NEVER ? null : Number(value) });
            }}
          />
          <Button
            className="justify-self-start"
            onClick={() => {
              show({
                title: text.product,
                body: settings.noticeSample,
                tag: "sample",
                onPress: () => undefined,
              });
            }}
          >
            {settings.tryNotice}
          </Button>
        </>
      )}
      <p className="text-meta text-muted">{settings.noticesDevice}</p>
    </Part>
  );
}
