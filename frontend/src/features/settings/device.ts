import { settings } from "@/shared/text/settings";

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  // Each of these says that it is one of those below it, too.
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(HeadlessChrome|Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];
const PROGRAM = /^([\w.-]{1,40})\/[\d.]/;

/** What a device called itself, as people call it. */
export function deviceName(userAgent: string): string {
  const browser = first(BROWSERS, userAgent);
  const system = first(SYSTEMS, userAgent);
  if (browser && system) return settings.device(browser, system);
  const program = PROGRAM.exec(userAgent)?.[1];
  if (program && program !== "Mozilla") return settings.program(program);
  return browser ?? system ?? settings.unknownDevice;
}

function first(known: readonly (readonly [RegExp, string])[], said: string): string | undefined {
  return known.find(([sign]) => sign.test(said))?.[1];
}
