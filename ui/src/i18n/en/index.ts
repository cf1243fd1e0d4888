/** English, and the list of everything that is said: other languages are checked against it. */
import { entry } from "./entry";
import { talk } from "./talk";
import { tools } from "./tools";

export const en = { ...entry, ...talk, ...tools };

export type Messages = typeof en;
