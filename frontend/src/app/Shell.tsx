import { renderToStaticMarkup } from "react-dom/server";

import { Front } from "@/features/landing/Front";
import { german } from "@/shared/text/de";
import { landing } from "@/shared/text/landing";
import type { Language } from "@/shared/text/language";

import { Bar, HOME, Name } from "./Bar";

/**
 * What the document shows until the page draws itself: the frame, and at the front door what this is, in each
 * language; styles.css chooses. Drawn while the page is built (opening.ts): nothing here reaches a browser as code.
 */
export function shell(): string {
  const said: Record<Language, Pick<typeof landing, "claim" | "more">> = {
    en: landing,
    de: german.landing,
  };
  return renderToStaticMarkup(
    <>
      <Bar>
        <span className={HOME}>
          <Name />
        </span>
      </Bar>
      {Object.entries(said).map(([code, words]) => (
        <div key={code} data-said={code} lang={code}>
          <Front words={words} />
        </div>
      ))}
    </>,
  );
}
