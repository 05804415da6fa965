import { useObservable } from "@/shared/lib/observable";
import { settings } from "@/shared/text/settings";
import { chooseTheme, theme, THEMES } from "@/shared/ui/theme";

/** Light, dark, or as the system: it applies as it is chosen. */
export function ThemeChoice() {
  const chosen = useObservable(theme);
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 text-meta text-muted">{settings.theme}</legend>
      <div className="flex flex-wrap gap-2">
        {THEMES.map((one) => (
          <label
            key={one}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-card border border-line-strong bg-card px-2.5 sm:px-4 has-checked:border-accent has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              className="size-4 accent-accent outline-none"
              checked={one === chosen}
              onChange={() => {
                chooseTheme(one);
              }}
            />
            {settings.themes[one]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
