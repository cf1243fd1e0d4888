/** Words of devices brought along and signed out, and of spaces that were damaged. */
export const devices = {
  device: {
    link: "Link a device",
    link_hint: "The new device signs in as you, without a password.",
    title: "Link a device",
    lead: "On the other device, open Homing and scan the code with its camera, or paste the link there. It signs in as {name} in {space}.",
    qr: "QR code of the device link",
    field: "Device link",
    left: "Good once, for another {time}.",
    secret: "Whoever has it is you: show it to nobody else. It ends when this is closed.",
    over: "The link is over. Make a new one when the other device is at hand.",
    again: "Make a new link",
    linked: "{name} was linked. It is signed in as you.",
    linked_short: "{name} was linked.",
    copied: "Link copied. Paste it on your other device.",
    making: "Making a link…",
  },
  signed_out: {
    title: "This device was signed out of {space}",
    text: "That was done on another of your devices, or by the host. Nothing comes in here any more, and nothing goes out.",
    kept: "{n} message that was not sent yet is kept on this computer. | {n} messages that were not sent yet are kept on this computer.",
    kept_none: "Everything that you had written was sent before.",
    todo: "Show a link on a device that is signed in (Settings, Devices, Link a device) and paste it here, or sign in with your password.",
    todo_kept: "Once you are in as {name} again, they go out by themselves, each one once.",
    again: "Link or sign in again",
    show: "Read and copy them",
  },
  rescue: {
    title: "The local database of {space} was damaged",
    text: "It was set aside, and everything that is on the server is fetched again. Nothing on the server is lost.",
    queued:
      "{n} message that was not sent yet was rescued and goes out by itself. | {n} messages that were not sent yet were rescued and go out by themselves.",
    queued_none: "No message that was not sent yet was found in it.",
    unsaved:
      "{n} draft or read marker that the server did not have yet was rescued. | {n} drafts and read markers that the server did not have yet were rescued.",
    unreadable:
      "{n} message that was not sent yet can’t be read. Write it again if you remember it. | {n} messages that were not sent yet can’t be read. Write them again if you remember them.",
    unsure:
      "A part of what was not sent yet can’t be read at all, so there may have been more. Look at your last messages.",
    aside: "The damaged files are kept here:",
    done: "Understood",
    copy: "Copy the place",
  },
  unreadable: {
    newer:
      "A space on this device was used with a newer Homing, and this version can’t read it. Nothing was changed. Install the newer version again; the other spaces go on.",
    full: "A space on this device can’t be opened because the disk is full. Nothing was lost. Make room, then start the app again.",
    busy: "A space on this device is in use by another program. Quit that program, then start the app again.",
    damaged:
      "A space on this device is damaged, and what stands beside it does not say which one it is. Its files are kept. Come in again with a link or your password, and report this with these words: {text}",
    failed:
      "A space on this device can’t be opened. What is in it is kept on the disk. Restart the app; if this comes again, report it with these words: {text}",
  },
};
