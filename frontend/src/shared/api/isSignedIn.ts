import { ApiError } from "./errors";
import { getMe } from "./getMe";

/**
 * Whether this browser's session is that user's: not merely anybody's, for the windows of a
 * browser share one session, and another account may have begun in another window.
 */
export async function isSignedIn(userId: string): Promise<boolean> {
  try {
    return (await getMe()).id === userId;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}
