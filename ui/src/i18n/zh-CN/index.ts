/** Simplified Chinese. */
import { entry } from "./entry";
import { talk } from "./talk";
import { tools } from "./tools";
import type { Messages } from "../en";

export const zhCN: Messages = { ...entry, ...talk, ...tools };
