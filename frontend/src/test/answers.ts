import { vi } from "vitest";

/** A server in a test: it answers by method and path, without the query; nothing else can be reached. */
export function stubServer() {
  const answers: Record<string, (url: URL, body: string) => Response> = {};
  const fetched = vi.fn<typeof fetch>((path, init) => {
    const url = new URL(path as string, "http://x");
    const answer = answers[`${init?.method ?? "GET"} ${url.pathname}`];
    return answer
      ? Promise.resolve(answer(url, init?.body as string))
      : Promise.reject(new TypeError("no network"));
  });
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
  return {
    answers,
    fetched,
    /** What was asked for by one method. */
    sent: (method: string) =>
      fetched.mock.calls.filter(([, init]) => init?.method === method).map(([path]) => path),
  };
}

export const none = () => new Response(null, { status: 204 });
