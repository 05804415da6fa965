import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";
import { IconButton } from "@/shared/ui/Button";
import { MoonIcon, SunIcon, SystemIcon } from "@/shared/ui/icons";
import { nextTheme, theme } from "@/shared/ui/theme";

const ICONS = { system: SystemIcon, light: SunIcon, dark: MoonIcon };

export function ThemeToggle() {
  const chosen = useObservable(theme);
  const Icon = ICONS[chosen];
  return (
    <IconButton label={text.header.theme[chosen]} className="shrink-0" onClick={nextTheme}>
      <Icon />
    </IconButton>
  );
}
