import "./app/nonce";
import "./app/styles.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { speakFirst } from "./shared/text/language";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
void speakFirst().then(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
