/** Whether what stands in `viewer`'s log was done by staff: nobody else may do something there. Null: the clock did it. */
export function isByStaff(actor: string | null, viewer: string): boolean {
  return actor !== null && actor !== viewer;
}
