import { useObservable } from "@/shared/lib/observable";
import { language, LANGUAGES, nameOfLanguage, speakAs } from "@/shared/text/language";

/** For those who have no account yet to keep it: the languages that are not spoken just now. */
export function LanguageSwitch() {
  const spoken = useObservable(language);
  return LANGUAGES.filter((code) => code !== spoken).map((code) => (
    <button
      key={code}
      type="button"
      lang={code}
      className="inline-flex min-h-11 items-center rounded-card px-2 text-meta text-muted hover:bg-hover hover:text-ink wide:min-h-9"
      onClick={() => void speakAs(code)}
    >
      {nameOfLanguage(code)}
    </button>
  ));
}
