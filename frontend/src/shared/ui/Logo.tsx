/** A clock face with its next quarter filled: what is left before now. */
export function Logo({ className = "size-6" }: { readonly className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className={`shrink-0 text-accent ${className}`}>
      <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="2.25" />
      <path d="M12 12V3a9 9 0 0 1 9 9Z" fill="currentColor" />
    </svg>
  );
}
