import { type ComponentProps, useId } from "react";

interface ChoiceProps extends Omit<ComponentProps<"select">, "children"> {
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One of a few, with its label and hint. */
export function Choice({ label, hint, options, id, ...rest }: ChoiceProps) {
  const made = useId();
  const own = id ?? made;
  return (
    <div className="grid gap-1">
      <label htmlFor={own} className="text-meta text-muted">
        {label}
      </label>
      <select
        id={own}
        className="field"
        aria-describedby={hint === undefined ? undefined : `${own}-note`}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${own}-note`} className="text-meta text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
