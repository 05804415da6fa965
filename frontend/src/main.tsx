import "./app/nonce";
import "./app/styles.css";

import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App, makePage } from "./app/App";
import { speakFirst } from "./shared/text/language";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const page = makePage();
// Until there is something to draw the document's own first picture stands: src/app/Shell.tsx.
void speakFirst()
  .then(() => page.router.load())
  .then(() => {
    // In pieces between which the browser can breathe.
    startTransition(() => {
      createRoot(root).render(
        <StrictMode>
          <App {...page} />
        </StrictMode>,
      );
    });
  });
