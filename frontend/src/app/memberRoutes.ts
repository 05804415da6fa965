/** What needs an account, in one piece: fetched while the server is asked whose session it is. */
export { Activity } from "./Activity";
export { Board } from "./Board";
export { SignedIn } from "./SignedIn";
