import type { ReactNode } from "react";

interface IconProps {
  readonly className?: string;
}

/** Icons say nothing by themselves: the text beside them, or the button's label, does. */
export function icon(paths: ReactNode) {
  return function Icon({ className = "size-4" }: IconProps) {
    return (
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className={`shrink-0 ${className}`}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {paths}
      </svg>
    );
  };
}

export const CheckIcon = icon(<path d="m4 8.5 2.8 2.8L12 5.5" />);
export const CloseIcon = icon(<path d="m4 4 8 8m0-8-8 8" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const TrashIcon = icon(<path d="M3 4.5h10M6.5 4.5V3h3v1.5m-5 0 .6 8.5h5.8l.6-8.5" />);
export const UndoIcon = icon(<path d="M3.5 6.5h6a3 3 0 0 1 0 6H6m-2.5-6L6 4M3.5 6.5 6 9" />);
export const ClockIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M8 4.75V8l2 1.5" />
  </>,
);
export const FlagIcon = icon(<path d="M4 14V2.5m0 .5h7.5l-1.75 2.75L11.5 8.5H4" />);
export const BackIcon = icon(<path d="M9.5 3.5 5 8l4.5 4.5" />);
export const MissedIcon = icon(
  <>
    <path d="M8 2.5 14 13H2L8 2.5Z" />
    <path d="M8 6.5v3M8 11.4v.1" />
  </>,
);
export const StepsIcon = icon(<path d="M2.5 3.5h6m-4 0v9h4m-4-4.5h4M11 8h2.5M11 12.5h2.5" />);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.75v1.5m0 9.5v1.5M1.75 8h1.5m9.5 0h1.5M3.6 3.6l1 1m6.8 6.8 1 1m0-8.8-1 1m-6.8 6.8-1 1" />
  </>,
);
export const MoonIcon = icon(<path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z" />);
export const SystemIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" />
  </>,
);
export const UserIcon = icon(
  <>
    <circle cx="8" cy="5.5" r="2.5" />
    <path d="M3 13.5a5 5 0 0 1 10 0" />
  </>,
);
export const InboxIcon = icon(
  <path d="M2.5 9.5 4 3.5h8l1.5 6v3h-11v-3Zm0 0h3.25l1 1.5h2.5l1-1.5h3.25" />,
);
export const TodayIcon = icon(
  <>
    <path d="M3 4h10v9H3zM3 6.75h10M5.75 2.5v3m4.5-3v3" />
    <path d="M8 9v1.75" />
  </>,
);
export const ChartIcon = icon(<path d="M3 13V8.5m3.4 4.5V3m3.3 10V6.5M13 13v-2.5" />);
export const ActivityIcon = icon(<path d="M2 8.5h2.75L6.5 3.5l3 9.5 1.75-4.5H14" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" />);
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.25 10.25 3.25 3.25" />
  </>,
);
export const FilterIcon = icon(<path d="M2.5 4.5h11M4.75 8h6.5M6.75 11.5h2.5" />);
export const FolderIcon = icon(<path d="M2.5 12.5v-9h4L8 5h5.5v7.5h-11Z" />);
export const TagIcon = icon(
  <>
    <path d="M8.25 2.75H3v5.5L8.5 13.5l5-5-5.25-5.75Z" />
    <path d="M5.6 5.4h.01" />
  </>,
);
