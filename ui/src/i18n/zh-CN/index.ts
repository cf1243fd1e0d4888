/** Simplified Chinese. */
import { desktop } from "./desktop";
import { devices } from "./devices";
import { emoji } from "./emoji";
import { entry } from "./entry";
import { keeping } from "./keyStorage";
import { line } from "./connection";
import { message } from "./message";
import { network } from "./network";
import { notify } from "./notify";
import { outside } from "./outside";
import { talk } from "./talk";
import { tools } from "./tools";
import { update } from "./update";
import type { Messages } from "../en";

export const zhCN: Messages = {
  ...entry,
  ...talk,
  ...tools,
  ...line,
  ...message,
  ...network,
  ...keeping,
  ...notify,
  ...outside,
  ...devices,
  ...desktop,
  ...emoji,
  ...update,
};
