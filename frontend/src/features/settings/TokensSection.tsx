import { useState } from "react";

import { listTokens } from "@/shared/api/listTokens";
import type { NewAccessToken } from "@/shared/api/types";
import { settings } from "@/shared/text/settings";

import { ListState } from "./ListState";
import { MadeToken } from "./MadeToken";
import { Part, type SectionProps } from "./Part";
import { TokenForm } from "./TokenForm";
import { TokenRow } from "./TokenRow";
import { useList } from "./useList";

export function TokensSection({ user }: SectionProps) {
  const list = useList(listTokens);
  const [made, setMade] = useState<NewAccessToken | null>(null);
  return (
    <>
      <Part title={settings.sections.tokens} hint={settings.tokensHint}>
        {made && (
          <MadeToken
            key={made.id}
            made={made}
            onDone={() => {
              setMade(null);
            }}
          />
        )}
        <ListState list={list} />
        {list.items?.length === 0 && <p className="text-muted">{settings.noTokens}</p>}
        {list.items && list.items.length > 0 && (
          <ul className="grid">
            {list.items.map((token) => (
              <TokenRow
                key={token.id}
                token={token}
                zone={user.time_zone}
                onRevoked={() => {
                  list.change((all) => all.filter(({ id }) => id !== token.id));
                  setMade((shown) => (shown?.id === token.id ? null : shown));
                }}
              />
            ))}
          </ul>
        )}
      </Part>
      <Part title={settings.makeToken}>
        <TokenForm
          onMade={(token) => {
            setMade(token);
            list.change((all) => [token, ...all]);
          }}
        />
      </Part>
    </>
  );
}
