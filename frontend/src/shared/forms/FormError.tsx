/** What went wrong with a form as a whole. */
export function FormError({ message }: { readonly message: string | undefined }) {
  return (
    <p role="alert" className="text-missed empty:hidden">
      {message}
    </p>
  );
}
