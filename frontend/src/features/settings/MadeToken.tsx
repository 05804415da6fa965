import { useEffect, useRef } from "react";

import type { NewAccessToken } from "@/shared/api/types";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { showToast } from "@/shared/ui/toasts";

interface MadeTokenProps {
  readonly made: NewAccessToken;
  readonly onDone: () => void;
}

/** The only time that a token can be seen. */
export function MadeToken({ made, onDone }: MadeTokenProps) {
  const secret = useRef<HTMLInputElement>(null);
  useEffect(() => {
    secret.current?.focus();
    secret.current?.select();
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(made.token);
      showToast({ message: settings.copied });
    } catch {
      secret.current?.select();
      showToast({ message: settings.notCopied });
    }
  };
  return (
    <div
      role="group"
      aria-label={settings.tokenMade(made.name)}
      className="grid gap-3 rounded-card border border-accent bg-card p-4"
    >
      <div>
        <p className="font-semibold">{settings.tokenMade(made.name)}</p>
        <p className="text-muted">{settings.tokenOnce}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <input
          ref={secret}
          readOnly
          aria-label={settings.tokenSecret}
          value={made.token}
          spellCheck={false}
          className="field min-w-0 flex-1 basis-60 font-mono"
        />
        <Button look="main" onClick={() => void copy()}>
          {settings.copy}
        </Button>
        <Button onClick={onDone}>{settings.done}</Button>
      </div>
    </div>
  );
}
