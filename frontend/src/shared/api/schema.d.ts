export interface components {
  schemas: {
    Task: {
      readonly id: string;
      title: string;
      notes: string;
      deadline: string | null;
      due_date: string | null;
      time_zone: string | null;
      priority: number;
      readonly bucket: "upcoming" | "completed" | "missed";
      readonly completed_at: string | null;
      readonly outcome: "on_time" | "late" | null;
      readonly lateness_s: number | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    User: {
      readonly id: string;
      readonly email: string;
      time_zone: string;
      readonly is_guest: boolean;
      readonly created_at: string;
    };
    About: { name: string; version: string; demo: boolean };
  };
}
