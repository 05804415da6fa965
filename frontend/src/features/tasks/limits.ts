/** As in the API's schema; the server is the one that refuses. */
export const TITLE_LIMIT = 500;
export const NOTES_LIMIT = 20_000;
