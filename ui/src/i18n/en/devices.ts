/** Words of devices brought along and signed out, and of spaces that were damaged. */
export const devices = {
  device: {
    link: "Link a device",
    link_hint: "Signs in a new device as you, without a password.",
    title: "Link a device",
    lead: "On your other device, open Homing and paste this link. It signs in as {name} in {space}.",
    qr: "QR code of the device link",
    qr_hint: "Or scan it with a camera app: it reads the same link, which opens Homing or can be copied.",
    typed: "Can’t open the link there? Choose Sign in, then Use a code instead, and enter:",
    typed_server: "Server",
    typed_code: "Code",
    field: "Device link",
    left: "Works once. Expires in {time}.",
    secret: "Anyone with this link can sign in as you. It stops working when you close this window.",
    over: "This link has expired. Create a new one when your other device is ready.",
    again: "Create new link",
    linked: "{name} is linked and signed in as you.",
    linked_short: "{name} is linked",
    copied: "Link copied. Paste it on your other device.",
    making: "Creating link…",
    address: "Sign-in address",
    address_hint:
      "To sign in on another device with your name and password, paste it there. It isn’t secret: without your password it lets no one in.",
    address_copied: "Address copied. Paste it on your other device under Sign in.",
    fingerprint: "Certificate fingerprint",
    fingerprint_hint:
      "If another device asks whether this is your server, it must show the same fingerprint.",
  },
  signed_out: {
    title: "This device was signed out of {space}",
    text: "You signed it out from another device, or the server admin did. You won’t get new messages here.",
    kept: "{n} unsent message is saved on this computer. | {n} unsent messages are saved on this computer.",
    kept_none: "All your messages were sent.",
    todo: "Paste a device link from a device that’s signed in (Settings → Devices → Link a device), or sign in with your password.",
    todo_kept: "Once you’re signed in as {name} again, they’re sent automatically, each exactly once.",
    again: "Link or sign in again",
    show: "View and copy",
  },
  rescue: {
    title: "The local database of {space} was damaged",
    text: "Homing set it aside and is downloading everything from the server again. Nothing on the server is lost.",
    queued:
      "{n} unsent message was rescued and will be sent automatically. | {n} unsent messages were rescued and will be sent automatically.",
    queued_none: "There were no unsent messages in it.",
    unsaved:
      "{n} unsaved draft or read marker was rescued. | {n} unsaved drafts and read markers were rescued.",
    unreadable:
      "{n} unsent message can’t be recovered. If you remember it, write it again. | {n} unsent messages can’t be recovered. If you remember them, write them again.",
    unsure: "Some unsent data can’t be read, so there may have been more. Check your latest messages.",
    aside: "The damaged files are kept in:",
    done: "OK",
    copy: "Copy path",
  },
  unreadable: {
    newer:
      "One of your spaces was used with a newer version of Homing and can’t be opened by this one. Nothing was changed. Install the newer version again. Your other spaces still work.",
    full: "One of your spaces can’t be opened because the disk is full. Nothing was lost. Free up space, then restart Homing.",
    busy: "One of your spaces is in use by another program. Quit that program, then restart Homing.",
    damaged:
      "One of your spaces is damaged, and Homing can’t tell which one. Its files are kept. Join again with a link or your password, and report this: {text}",
    failed:
      "One of your spaces can’t be opened. Its data is still on the disk. Restart Homing; if it happens again, report this: {text}",
  },
};
