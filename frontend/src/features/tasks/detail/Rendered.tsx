import Markdown, { type MarkdownToJSX } from "markdown-to-jsx/react";
import type { ComponentProps } from "react";

import { safeLink } from "./safeLink";

/** Notes as they are meant to be read. What they hold is text: no HTML of theirs reaches the page. */
export default function Rendered({ notes }: { readonly notes: string }) {
  return (
    <Markdown options={OPTIONS} className="prose">
      {notes}
    </Markdown>
  );
}

const OPTIONS: MarkdownToJSX.Options = {
  disableParsingRawHTML: true,
  disableFrontmatter: true,
  forceBlock: true,
  tagfilter: true,
  sanitizer: (value) => safeLink(value),
  overrides: {
    a: NoteLink,
    // A picture is fetched from wherever it is, which tells that place who reads; it is named instead.
    img: NoteImage,
    // The page has headings of its own; those of notes are below them.
    h1: "h4",
    h2: "h4",
    h3: "h5",
    h4: "h5",
    h5: "h6",
    input: NoteBox,
    // Nothing that runs, frames or sends.
    script: Nothing,
    iframe: Nothing,
    style: Nothing,
    form: Nothing,
  },
};

function NoteLink({ href, children }: ComponentProps<"a">) {
  const safe = safeLink(href ?? "");
  return safe === null ? (
    <span>{children}</span>
  ) : (
    <a href={safe} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function NoteImage({ src, alt }: ComponentProps<"img">) {
  return <NoteLink href={src}>{alt === undefined || alt === "" ? src : alt}</NoteLink>;
}

function NoteBox({ checked }: ComponentProps<"input">) {
  return <span>{checked ? "☑" : "☐"} </span>;
}

function Nothing() {
  return null;
}
