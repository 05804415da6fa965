import { systemTimers } from "@/shared/lib/timers";

import type { Stream } from "./stream";
import type { Socket, StreamOptions } from "./types";

/** The stream's address on the page's own host. */
export function streamUrl(location: Location): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/ws/v1/stream`;
}

/** The browser's side of a stream's options. */
export const browserParts: Pick<
  StreamOptions,
  "openSocket" | "timers" | "random" | "isOnline" | "isSeen"
> = {
  openSocket: (url) => new WebSocket(url) as Socket,
  timers: systemTimers,
  random: Math.random,
  isOnline: () => navigator.onLine,
  isSeen: () => document.visibilityState === "visible",
};

/** Tells a stream what the browser knows about the network and the tab. Returns how to stop. */
export function followBrowser(stream: Pick<Stream, "wake" | "sleep">): () => void {
  const online = () => {
    stream.wake();
  };
  const offline = () => {
    stream.sleep();
  };
  const seen = () => {
    if (document.visibilityState === "visible") stream.wake();
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", seen);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", seen);
  };
}
