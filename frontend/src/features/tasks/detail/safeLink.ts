/** Where notes may lead: to the web and to mail. */
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address of a link in somebody's notes; null for any that could do more than lead somewhere. */
export function safeLink(value: string): string | null {
  try {
    // Read as the browser would, which drops what hides a scheme: tabs, newlines, case.
    const { protocol, href } = new URL(value);
    return SCHEMES.has(protocol) ? href : null;
  } catch {
    return null;
  }
}
