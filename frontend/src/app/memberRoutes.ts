/** What needs an account, wherever in it: fetched while the server is asked whose session it is. */
export { Activity } from "./Activity";
export { SignedIn } from "./SignedIn";
