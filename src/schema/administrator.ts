/** The role that passes every rule but `nobody`. */
export const ADMINISTRATOR = "admin";
