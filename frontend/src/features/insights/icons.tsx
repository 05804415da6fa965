import { icon } from "@/shared/ui/icons";

export const TableIcon = icon(<path d="M2.5 3.5h11v9h-11zm0 3h11m-11 3h11M6.5 3.5v9" />);
export const ChartIcon = icon(<path d="M3 13V8m5 5V3m5 10V6" />);
