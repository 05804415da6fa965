import { useState } from "react";

import { explain } from "@/shared/api/errors";
import { revokeToken } from "@/shared/api/revokeToken";
import type { AccessToken } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Confirm";
import { showRefusal, showToast } from "@/shared/ui/toasts";

import { agoText, dayText } from "./when";

interface TokenRowProps {
  readonly token: AccessToken;
  readonly zone: string;
  readonly onRevoked: () => void;
}

export function TokenRow({ token, zone, onRevoked }: TokenRowProps) {
  const clock = useClock();
  const [asking, setAsking] = useState(false);
  const revoke = async () => {
    try {
      await revokeToken(token.id);
      onRevoked();
      showToast({ message: settings.revoked(token.name) });
    } catch (error) {
      showRefusal(settings.notRevoked(token.name, explain(error)));
    }
  };
  return (
    <li className="flex min-h-14 items-center gap-3 border-t border-line py-2">
      <div className="min-w-0 flex-1">
        <p>
          {token.name} <code className="ml-1 text-meta text-muted">{token.hint}</code>
        </p>
        <p className="facts text-meta text-muted">
          <span>
            <span>{token.scopes.join(", ")}</span>
            <span>{used(token, zone, clock.now())}</span>
            <span>{validity(token, zone, clock.now())}</span>
          </span>
        </p>
      </div>
      <Button
        small
        look="danger"
        aria-label={settings.revokeNamed(token.name)}
        onClick={() => {
          setAsking(true);
        }}
      >
        {settings.revoke}
      </Button>
      {asking && (
        <Confirm
          question={settings.revokeAsk(token.name)}
          yes={settings.revoke}
          onYes={() => void revoke()}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </li>
  );
}

function used({ last_used_at, last_used_from }: AccessToken, zone: string, now: number): string {
  if (last_used_at === null) return settings.neverUsed;
  const when = agoText(last_used_at, zone, now);
  return last_used_from === null
    ? settings.lastUsed(when)
    : settings.lastUsedFrom(when, last_used_from);
}

function validity({ expires_at }: AccessToken, zone: string, now: number): string {
  if (expires_at === null) return settings.noExpiry;
  const day = dayText(expires_at, zone);
  return Date.parse(expires_at) <= now ? settings.expired(day) : settings.expires(day);
}
