// What makes style elements while the page runs (the lock on scrolling behind a dialog) has to show the nonce of the
// content security policy. Such libraries look for it under the name that webpack once gave it.
const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
if (meta?.nonce) Object.assign(globalThis, { __webpack_nonce__: meta.nonce });

export {};
