/** What a write answers of a row that its writer may not read: an object without members. */
export const UNREADABLE = "{}";
