import type { ComponentProps } from "react";

export type ButtonLook = "main" | "quiet" | "plain" | "danger";

const LOOKS: Record<ButtonLook, string> = {
  main: "bg-accent text-on-accent hover:opacity-90",
  quiet: "border border-line-strong bg-card hover:bg-hover",
  plain: "hover:bg-hover",
  danger: "border border-line-strong bg-card text-missed hover:bg-missed-wash",
};

/** The classes of a button, for what has to be a link. */
export function buttonClass(look: ButtonLook = "quiet", small = false): string {
  const size = small ? "min-h-11 wide:min-h-8 px-2.5 text-meta" : "min-h-11 px-4 text-base";
  return `inline-flex select-none items-center justify-center gap-1.5 rounded-card whitespace-nowrap transition-[background-color,opacity] duration-100 disabled:opacity-50 ${size} ${LOOKS[look]}`;
}

interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: ButtonLook;
  readonly small?: boolean;
}

export function Button({ look, small, className = "", ...rest }: ButtonProps) {
  return <button type="button" className={`${buttonClass(look, small)} ${className}`} {...rest} />;
}

interface IconButtonProps extends ComponentProps<"button"> {
  readonly label: string;
}

/** A button of one icon, 44 px on phones. Its label is also its tooltip. */
export function IconButton({ label, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-11 items-center justify-center rounded-card text-muted transition-colors duration-100 hover:bg-hover hover:text-ink wide:size-9 ${className}`}
      {...rest}
    />
  );
}
