const formats = new Map<string, Intl.DateTimeFormat>();

/** How to write times. Formatters are slow to make, so each is made once and kept. */
export function timeFormat(
  locale: string,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = [locale, zone, JSON.stringify(options)].join(" ");
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found;
}
